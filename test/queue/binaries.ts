/** Whether every process reads from n8n's binary store what the service has sent. */
import type { Sandbox } from '../../sandbox';
import type { OutputItem } from '../bench/n8n-client';
import { servedVideo, sha256 } from '../e2e-server/served-video';
import { WORKERS, type Fleet, type ProcessName } from './fleet';
import { READ_PATH } from './workflows';

/** Which worker takes an execution is up to n8n: so many are tried until each has had one. */
const READ_TRIES = 30;
const AT_ONCE = 20;

/** A video that a task of the service has become in n8n. */
export interface StoredVideo {
	taskId: string;
	/** In n8n's binary store. */
	binaryId: string;
}

/** The hashes of files by their ID in n8n's binary store. */
export type Hashes = Record<string, string>;

export function videosIn(items: readonly OutputItem[]): StoredVideo[] {
	return items.flatMap(({ json, binary }) => {
		const binaryId = binary?.data?.id;
		return typeof json.taskId === 'string' && binaryId ? [{ taskId: json.taskId, binaryId }] : [];
	});
}

/** What the service serves as the result of each task. */
export async function servedHashes(
	sandbox: Sandbox,
	taskIds: readonly string[],
): Promise<Map<string, string>> {
	const entries = await inTurns(taskIds, async (id): Promise<[string, string]> => {
		return [id, sha256(await servedVideo(sandbox, id))];
	});
	return new Map(entries);
}

/** What each process reads of each file. */
export async function readEverywhere(
	fleet: Fleet,
	videos: readonly StoredVideo[],
): Promise<Map<ProcessName, Hashes>> {
	const ids = videos.map(({ binaryId }) => binaryId);
	const entries = await inTurns(ids, async (id) => [id, sha256(await fleet.client.binary(id))]);
	const seen = new Map<ProcessName, Hashes>([['main', Object.fromEntries(entries) as Hashes]]);
	for (let tries = 0; tries < READ_TRIES && !WORKERS.every((name) => seen.has(name)); tries++) {
		const answer = await fleet.webhooks.callWebhook(READ_PATH, { ids });
		const item = JSON.parse(answer) as { seen: Record<ProcessName, Hashes> };
		for (const [name, hashes] of Object.entries(item.seen)) seen.set(name as ProcessName, hashes);
	}
	return seen;
}

async function inTurns<In, Out>(
	all: readonly In[],
	act: (one: In) => Promise<Out>,
): Promise<Out[]> {
	const results: Out[] = [];
	for (let at = 0; at < all.length; at += AT_ONCE) {
		results.push(...(await Promise.all(all.slice(at, at + AT_ONCE).map(act))));
	}
	return results;
}
