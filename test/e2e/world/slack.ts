/** Stands in for Slack: files that are uploaded and shared in a channel. */
import { randomUUID } from 'node:crypto';
import type { StandIn, WorldAnswer, WorldRequest } from './outside-world';

export interface SlackFile {
	id: string;
	/** As it was announced. */
	name: string;
	bytes: Buffer;
	mimeType: string;
	title?: string;
	channel?: string;
	comment?: string;
}

interface Announced {
	id: string;
	name: string;
	/** In bytes. */
	length: number;
	content?: { bytes: Buffer; mimeType: string };
}

export class Slack {
	/** Those that stand in a channel, in the order in which they got there. */
	readonly files: SlackFile[] = [];
	private readonly announced = new Map<string, Announced>();
	private readonly token = `xoxb-${randomUUID()}`;

	readonly hosts: Record<string, StandIn> = {
		'slack.com': (request) => this.api(request),
		'files.slack.com': (request) => this.take(request),
	};

	/** An access token, as n8n keeps it. */
	readonly credential = { accessToken: this.token, signatureSecret: '' };

	/** The channel that n8n offers. */
	readonly channel = { id: 'C0123456789', name: 'videos' };

	private api(request: WorldRequest): WorldAnswer | undefined {
		// Slack answers 200 whatever happens; `ok` tells.
		if (request.headers.authorization !== `Bearer ${this.token}`) return refused('not_authed');
		switch (request.path) {
			case '/api/files.getUploadURLExternal':
				return this.announce(request);
			case '/api/files.completeUploadExternal':
				return this.share(request);
			// n8n's test of a credential.
			case '/api/users.profile.get':
				return { body: { ok: true, profile: {} } };
			case '/api/conversations.list':
				return { body: { ok: true, channels: [this.channel] } };
			default:
				return undefined;
		}
	}

	private announce({ query }: WorldRequest): WorldAnswer {
		const id = `F${this.announced.size}`;
		const name = query.get('filename') ?? '';
		const length = Number(query.get('length'));
		if (name === '' || !(length > 0)) return refused('invalid_arguments');
		this.announced.set(id, { id, name, length });
		const uploadUrl = `https://files.slack.com/upload/v1/${id}`;
		return { body: { ok: true, upload_url: uploadUrl, file_id: id } };
	}

	private async take({ path, headers, body }: WorldRequest): Promise<WorldAnswer | undefined> {
		const file = this.announced.get(/^\/upload\/v1\/(.+)$/.exec(path)?.[1] ?? '');
		if (!file) return undefined;
		const type = headers['content-type'] ?? '';
		const form = await new Response(body, { headers: { 'content-type': type } }).formData();
		const part = [...form.values()].find((value) => typeof value !== 'string');
		if (!part) return { status: 400, body: 'There is no file in this' };
		const bytes = Buffer.from(await part.arrayBuffer());
		if (bytes.length !== file.length)
			return { status: 400, body: 'That is not what was announced' };
		file.content = { bytes, mimeType: part.type };
		return { body: `OK - ${bytes.length}` };
	}

	private share({ body }: WorldRequest): WorldAnswer {
		const { files, channel_id, initial_comment } = JSON.parse(body.toString()) as {
			files: Array<{ id: string; title?: string }>;
			channel_id?: string;
			initial_comment?: string;
		};
		for (const { id, title } of files) {
			const { name, content } = this.announced.get(id) ?? {};
			if (!name || !content) return refused('file_not_found');
			this.files.push({
				id,
				name,
				...content,
				title,
				channel: channel_id,
				comment: initial_comment,
			});
		}
		return { body: { ok: true, files: files.map(({ id, title }) => ({ id, title })) } };
	}
}

function refused(error: string): WorldAnswer {
	return { body: { ok: false, error } };
}
