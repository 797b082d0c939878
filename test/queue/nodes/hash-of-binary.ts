/** What a node of the suite reads of n8n's binary store, as the process that it runs in sees it. */
import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

/** The part of n8n's node functions that both kinds of nodes have. */
export interface BinaryReader {
	helpers: { getBinaryStream(id: string): Promise<AsyncIterable<Uint8Array>> };
}

/** The SHA-256 of each file by its ID in the store, or what went wrong. */
export async function hashAll(reader: BinaryReader, ids: string[]): Promise<IDataObject> {
	const hashes: IDataObject = {};
	for (const id of ids) {
		try {
			const hash = createHash('sha256');
			for await (const chunk of await reader.helpers.getBinaryStream(id)) hash.update(chunk);
			hashes[id] = hash.digest('hex');
		} catch (error) {
			hashes[id] = error instanceof Error ? error.message : String(error);
		}
	}
	return hashes;
}

/** The name of this process in the suite. */
export function processName(): string {
	return process.env.KIRIN_QUEUE_PROCESS ?? '';
}
