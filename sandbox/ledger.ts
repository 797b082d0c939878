/** The ledger: every task and every request since the start or the last reset. */
import { sumUsd } from './money';
import type { SandboxTask } from './task';

export type RequestKind =
	| 'create'
	| 'get'
	| 'precharge'
	| 'search'
	| 'skill'
	| 'download'
	| 'callback'
	| 'control'
	| 'other';

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
	/** Of a callback: how long its receiver took to answer, in ms. */
	answeredAfterMs?: number;
	/** Of a download: the file's last byte was sent. */
	complete?: boolean;
}

/** What became of one intention: of one external task ID of one API key. */
export interface StatementRow {
	apiKey: string;
	/** Missing for a task without one, which has a row of its own. */
	externalTaskId?: string;
	/** The IDs of its tasks, in order. */
	created: string[];
	/** Those of them that have completed by now, and so are paid. */
	billed: string[];
	/** Those of them of which a result was sent to its last byte. */
	delivered: string[];
	/** What is billed, in USD. */
	cost: string;
}

export interface Ledger {
	readonly tasks: SandboxTask[];
	readonly requests: RequestRecord[];
	/** The gets that asked for this task, by either of its IDs. */
	polls(taskId: string): RequestRecord[];
	count(kind: RequestKind): number;
	/** The tasks that the user pays for, once they are completed: all but those that fail. */
	readonly billed: SandboxTask[];
	/** What was created, billed and delivered so far, by API key and external task ID. */
	statement(): StatementRow[];
}

export class RecordingLedger implements Ledger {
	tasks: SandboxTask[] = [];
	requests: RequestRecord[] = [];
	private byTask = new Map<string, RequestRecord[]>();
	private counts = new Map<RequestKind, number>();

	/** @param now the sandbox's clock, in ms */
	constructor(private readonly now: () => number) {}

	get billed(): SandboxTask[] {
		return this.tasks.filter((task) => task.outcome === 'completed');
	}

	statement(): StatementRow[] {
		const delivered = new Set(
			this.requests.filter(({ complete }) => complete).map(({ taskId }) => taskId),
		);
		const rows = new Map<string, SandboxTask[]>();
		for (const task of this.tasks) {
			const key = JSON.stringify([task.apiKey, task.externalTaskId ?? { task: task.id }]);
			rows.set(key, [...(rows.get(key) ?? []), task]);
		}
		return [...rows.values()].map((tasks) => {
			const billed = tasks.filter(
				(task) => task.outcome === 'completed' && this.now() >= task.endsAt,
			);
			const { apiKey = '', externalTaskId } = tasks[0] ?? {};
			return {
				apiKey,
				...(externalTaskId !== undefined ? { externalTaskId } : {}),
				created: tasks.map(({ id }) => id),
				billed: billed.map(({ id }) => id),
				delivered: tasks.filter(({ id }) => delivered.has(id)).map(({ id }) => id),
				cost: sumUsd(billed.map(({ cost }) => cost)),
			};
		});
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
