/**
 * When requests leave this process. The ledger knows when they arrive, but one that left just before
 * Stop may arrive after it.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

export interface SentRequest {
	/** By `performance.now()`. */
	at: number;
	method: string;
	path: string;
}

const watched = new Map<string, SentRequest[]>();

subscribe('http.client.request.start', (message) => {
	const { request } = message as { request: ClientRequest };
	const { method, path } = request;
	watched.get(String(request.getHeader('host')))?.push({ at: performance.now(), method, path });
});

/** Watches the requests to some origins; the returned function ends that and gives them. */
export function watchRequests(origins: string[]): () => SentRequest[] {
	const hosts = origins.map((origin) => new URL(origin).host);
	const seen: SentRequest[] = [];
	for (const host of hosts) watched.set(host, seen);
	return () => {
		for (const host of hosts) watched.delete(host);
		return seen;
	};
}
