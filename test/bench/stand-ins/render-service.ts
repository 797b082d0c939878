/**
 * What the stand-ins for other providers' services share: tasks that render for as long as the
 * sandbox's would, a record of all requests, and the same test videos.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { readMarkers } from '../../../sandbox/markers';
import { sizedVideo, testVideo } from '../../../sandbox/media';
import { closeAtOnce, listen } from '../../../sandbox/server';
import type { RenderSettings, SeenRequest, SeenTask, Witness } from '../witness';

/** As the sandbox's: no client meets an idle connection that is just being closed. */
const KEEP_ALIVE_MS = 60_000;
const HOST = '127.0.0.1';

export interface Call {
	method: string;
	/** Without the query. */
	path: string;
	/** The request's body as text. */
	body: string;
	/** The origin that the caller reached us by. */
	origin: string;
}

/** Answers one call: with JSON, with the video, or with nothing, which is a 404. */
export type Answers = (call: Call, service: RenderService) => object | 'video' | undefined;

export class RenderService implements Witness {
	tasks: SeenTask[] = [];
	requests: SeenRequest[] = [];
	url = '';
	private settings: RenderSettings = { renderSeconds: 20 };
	private readonly server: Server;

	constructor(
		private readonly idPrefix: string,
		private readonly answers: Answers,
	) {
		this.server = createServer((request, response) => {
			this.serve(request, response).catch(() => response.socket?.destroy());
		});
		this.server.keepAliveTimeout = KEEP_ALIVE_MS;
	}

	async start(): Promise<this> {
		this.url = `http://${HOST}:${await listen(this.server, 0, HOST)}`;
		return this;
	}

	begin(settings: RenderSettings): void {
		this.tasks = [];
		this.requests = [];
		this.settings = settings;
	}

	close(): Promise<void> {
		return closeAtOnce(this.server);
	}

	submit(prompt: string): SeenTask {
		const now = Date.now();
		const seconds = readMarkers(prompt).renderSeconds ?? this.settings.renderSeconds;
		const id = `${this.idPrefix}${this.tasks.length + 1}`;
		const task = { id, createdAt: now, endsAt: now + seconds * 1000 };
		this.tasks.push(task);
		this.requests.push({ at: now, kind: 'create', taskId: id });
		return task;
	}

	/** A poll of a task, or the start of its download. */
	poll(id: string, kind: 'get' | 'download'): { task: SeenTask; done: boolean } | undefined {
		const task = this.tasks.find((each) => each.id === id);
		const now = Date.now();
		this.requests.push({ at: now, kind, taskId: id });
		return task && { task, done: now >= task.endsAt };
	}

	private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
		const { method = 'GET', url = '/' } = request;
		const body = Buffer.concat(chunks).toString('utf8');
		const [path = ''] = url.split('?', 1);
		const answer = this.answers({ method, path, body, origin: this.url }, this);
		if (answer === 'video') return this.sendVideo(response);
		response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
		response.end(JSON.stringify(answer ?? { error: { message: 'not found' } }));
	}

	private sendVideo(response: ServerResponse): void {
		const { videoBytes } = this.settings;
		const media =
			videoBytes === undefined
				? testVideo('16:9', '5', 'plain')
				: sizedVideo('16:9', '5', 'plain', videoBytes);
		response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': media.size });
		pipeline(media.read(0, media.size), response, () => {});
	}
}
