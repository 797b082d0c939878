/** A plain client for the sandbox's tests: axios that never throws on a status. */
import axios, { type AxiosResponse } from 'axios';
import type { Sandbox } from '../../sandbox';

export type Json = Record<string, unknown>;

export const V25 = 'kirin_v2_5_turbo_t2v';
export const V2 = 'kirin_v2_master_t2v';

const http = axios.create({ validateStatus: () => true, maxRedirects: 0, proxy: false });

export interface Client {
	create(params: Json, model?: string): Promise<AxiosResponse<Json>>;
	precharge(params: Json, model?: string): Promise<AxiosResponse<Json>>;
	post(path: string, body: unknown, headers?: Record<string, string>): Promise<AxiosResponse<Json>>;
	get(id: string): Promise<AxiosResponse<Json>>;
	read(path: string): Promise<AxiosResponse<Json>>;
	/** Creates, and polls until the status is no longer in progress. */
	settle(params: Json, model?: string): Promise<Json>;
}

/** @param pollMs between two polls of `settle` */
export function clientOf(sandbox: Sandbox, pollMs = 5): Client {
	const auth = { authorization: `Bearer ${sandbox.apiKey}` };
	const post: Client['post'] = (path, body, headers) =>
		http.post(sandbox.apiUrl + path, body, {
			headers: { 'content-type': 'application/json', ...auth, ...headers },
		});
	const read: Client['read'] = (path) => http.get(sandbox.apiUrl + path, { headers: auth });
	const bodyOf = (params: Json, model: string) => ({ model, input: [{ params }] });
	const client: Client = {
		create: (params, model = V25) => post('/model/v1/generation', bodyOf(params, model)),
		precharge: (params, model = V25) =>
			post('/model/v1/generation/precharge', bodyOf(params, model)),
		post,
		read,
		get: (id) => read(`/model/v1/generation/task/${encodeURIComponent(id)}`),
		async settle(params, model) {
			const created = await client.create(params, model);
			if (created.status !== 200) throw new Error(JSON.stringify(created.data));
			for (;;) {
				const { data } = await client.get(String(created.data.id));
				if (data.status !== 'in_progress') return data;
				await pause(pollMs);
			}
		},
	};
	return client;
}

export function download(url: string, headers: Record<string, string> = {}, method = 'GET') {
	return http.request<Buffer>({ url, method, headers, responseType: 'arraybuffer' });
}

/** The result URLs of a settled task as the seed pages show it. */
export function urlsOf(task: Json): string[] {
	const output = task.output as Array<{ content: Array<{ url: string }> }>;
	return output.flatMap(({ content }) => content.map(({ url }) => url));
}

export function pause(ms: number): Promise<void> {
	return new Promise((resolve) => {
		setTimeout(resolve, ms);
	});
}
