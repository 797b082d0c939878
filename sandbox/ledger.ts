/** The ledger: every task and every request since the start or the last reset. */
import type { SandboxTask } from './task';

export type RequestKind =
	'create' | 'get' | 'precharge' | 'search' | 'download' | 'callback' | 'control' | 'other';

export interface RequestRecord {
	/** On the sandbox's clock, in ms. */
	at: number;
	kind: RequestKind;
	/** For a callback, the API sends it. */
	server: 'api' | 'files';
	method: string;
	path: string;
	taskId?: string;
	/** What was answered; for a callback, what its receiver answered. Missing when nothing was. */
	status?: number;
	/** The fault that struck, in words such as `create-after reset`. */
	fault?: string;
	headers: Record<string, string>;
	body?: unknown;
}

export interface Ledger {
	readonly tasks: SandboxTask[];
	readonly requests: RequestRecord[];
	/** The gets that asked for this task, by either of its IDs. */
	polls(taskId: string): RequestRecord[];
	count(kind: RequestKind): number;
	/** The tasks that the user pays for: all but those that fail. */
	readonly billed: SandboxTask[];
}

export class RecordingLedger implements Ledger {
	tasks: SandboxTask[] = [];
	requests: RequestRecord[] = [];
	private byTask = new Map<string, RequestRecord[]>();
	private counts = new Map<RequestKind, number>();

	get billed(): SandboxTask[] {
		return this.tasks.filter((task) => task.outcome === 'completed');
	}

	polls(taskId: string): RequestRecord[] {
		return this.byTask.get(taskId) ?? [];
	}

	count(kind: RequestKind): number {
		return this.counts.get(kind) ?? 0;
	}

	record(request: RequestRecord): RequestRecord {
		this.requests.push(request);
		this.counts.set(request.kind, this.count(request.kind) + 1);
		return request;
	}

	/** Says which task a recorded request was about. */
	assign(request: RequestRecord, taskId: string): void {
		request.taskId = taskId;
		if (request.kind !== 'get') return;
		const polls = this.byTask.get(taskId);
		if (polls) polls.push(request);
		else this.byTask.set(taskId, [request]);
	}

	clear(): void {
		this.tasks = [];
		this.requests = [];
		this.byTask.clear();
		this.counts.clear();
	}
}
