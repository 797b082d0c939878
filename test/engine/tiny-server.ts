import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TINY_KEY = 'tk-secret-123';

export interface TinyServer {
	url: string;
	/** `METHOD /path` of every request, in order. */
	requests: string[];
	/** Prompts that were received. */
	prompts: string[];
	mostAtOnce: number;
	close(): Promise<void>;
}

/**
 * Prompts steer it: "slow" takes 200 ms, "forever" stays pending, "fail" gets a 500, "flaky" gets one
 * the first time only.
 */
export async function startTinyServer(): Promise<TinyServer> {
	let atOnce = 0;
	const state = { requests: [] as string[], prompts: [] as string[], mostAtOnce: 0 };
	const server = createServer((request, response): void => {
		const answer = (status: number, body: object) =>
			void response
				.writeHead(status, { 'content-type': 'application/json' })
				.end(JSON.stringify(body));
		const path = request.url ?? '';
		state.requests.push(`${request.method} ${path}`);
		if (request.headers.authorization !== `Bearer ${TINY_KEY}`) {
			return answer(request.headers.authorization === 'Bearer banned' ? 403 : 401, {});
		}
		if (path === '/me') return answer(200, {});
		if (path.startsWith('/file/')) return void response.end(fileOf(path.slice(6)));
		if (path.startsWith('/made/')) return answer(200, { id: path.slice(6), pending: true });
		state.mostAtOnce = Math.max(state.mostAtOnce, ++atOnce);
		void bodyOf(request).then(async ({ prompt }) => {
			const isFirst = !state.prompts.includes(prompt);
			state.prompts.push(prompt);
			if (prompt === 'slow') await new Promise((done) => setTimeout(done, 200));
			atOnce--;
			if (prompt === 'fail' || (prompt === 'flaky' && isFirst)) {
				return answer(500, { message: 'out of order' });
			}
			return answer(200, { id: `of-${prompt}`, ...(prompt === 'forever' && { pending: true }) });
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	return Object.assign(state, {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((done) => server.close(() => done()));
		},
	});
}

/** What the server serves for an ID; larger than a stream's buffer. */
export function fileOf(id: string): Buffer {
	return Buffer.alloc(300_000, id);
}

async function bodyOf(request: IncomingMessage): Promise<{ prompt: string }> {
	let text = '';
	for await (const chunk of request) text += String(chunk);
	return JSON.parse(text) as { prompt: string };
}
