/** A part of a Redis for the suite alone, which goes away with it. */
import { run, startChild } from '../../demo/child';
import { freePort } from '../../demo/n8n-process';
import { atEnd } from '../../demo/whole-run';
import { HOST, listens, program, untilListens } from './server-programs';

const STANDARD_PORT = 6379;
const KEYS_PER_COMMAND = 500;

/**
 * Uses the Redis that listens on the standard port, or starts one for the run.
 *
 * @param prefix what all keys and channels of the run begin with
 * @returns n8n's settings for it
 */
export async function reserveRedis(prefix: string): Promise<NodeJS.ProcessEnv> {
	const isThere = await listens(STANDARD_PORT);
	const port = isThere ? STANDARD_PORT : await startRedis();
	if (isThere) atEnd(() => removeKeys(port, prefix));
	return {
		QUEUE_BULL_REDIS_HOST: HOST,
		QUEUE_BULL_REDIS_PORT: String(port),
		QUEUE_BULL_PREFIX: prefix,
		N8N_REDIS_KEY_PREFIX: prefix, // n8n's cache, and its channels between processes
	};
}

async function removeKeys(port: number, prefix: string): Promise<void> {
	const cli = await program('redis-cli');
	const place = ['-h', HOST, '-p', String(port)];
	// n8n puts the queue's prefix in braces, so that a cluster keeps its keys together.
	for (const pattern of [`${prefix}*`, `{${prefix}}*`]) {
		const listed = await run(cli, [...place, '--scan', '--pattern', pattern], {
			what: 'Listing keys in Redis',
		});
		const keys = listed.split('\n').filter(Boolean);
		while (keys.length > 0) {
			const some = keys.splice(0, KEYS_PER_COMMAND);
			await run(cli, [...place, 'del', ...some], { what: 'Removing keys from Redis' });
		}
	}
}

async function startRedis(): Promise<number> {
	const port = await freePort();
	const settings = ['--bind', HOST, '--port', String(port), '--save', '', '--appendonly', 'no'];
	startChild(await program('redis-server'), settings);
	await untilListens(port, 'Redis');
	return port;
}
