import { DataDeduplicationService } from 'n8n-core';
import type {
	DeduplicationItemTypes,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
} from 'n8n-workflow';

/**
 * n8n's table of processed data, as its server fills it: one row for a node, read as a whole and then
 * written as a whole, with the newest entries last. Rows are text, as in a database.
 */
class ProcessedData implements IDataDeduplicator {
	readonly rows = new Map<string, string>();

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		_scope: string,
		{ node, workflow }: ICheckProcessedContextData,
		{ maxEntries = Infinity }: ICheckProcessedOptions,
	) {
		const row = `${workflow.id} n:${node?.id}`;
		const entries = JSON.parse(await this.read(row)) as DeduplicationItemTypes[];
		const known = new Set(entries);
		const fresh = items.filter((item) => !known.has(item));
		await this.write(row, JSON.stringify([...entries, ...fresh].slice(-maxEntries)));
		return { new: fresh, processed: items.filter((item) => known.has(item)) };
	}

	removeProcessed(): Promise<void> {
		throw new Error('The harness keeps what was processed');
	}

	clearAllProcessedItems(): Promise<void> {
		throw new Error('The harness keeps what was processed');
	}

	getProcessedDataCount(): Promise<number> {
		throw new Error('The harness does not count');
	}

	private async read(row: string): Promise<string> {
		await aMoment();
		return this.rows.get(row) ?? '[]';
	}

	private async write(row: string, text: string): Promise<void> {
		await aMoment();
		this.rows.set(row, text);
	}
}

/** Long enough for others to come in between. */
async function aMoment(): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, 5));
}

let table: ProcessedData | undefined;

/** Gives n8n-core the table that a server gives it at its start. */
export async function offerProcessedData(): Promise<void> {
	if (table) return;
	table = new ProcessedData();
	// n8n allows that once in a process, and a worker of Jest runs many files.
	Object.assign(DataDeduplicationService, { instance: undefined });
	await DataDeduplicationService.init(table);
}
