import { throwIfStopped } from '../../nodes/KirinVideo/api/clock';
import type { Api, ApiCall } from '../../nodes/KirinVideo/api/client';
import type { Answer } from '../../nodes/KirinVideo/api/answer';
import { answer, externalIdIn, notFound, silent, unreachable } from './scripted-api';

export type CreateFault =
	| 'none'
	/** The task is not recorded, and the answer says nothing of use. */
	| 'lost before'
	/** The task is recorded, and the answer says nothing of use. */
	| 'lost after'
	/** The task is recorded only when the next call comes. */
	| 'recorded late'
	| 'rate limit'
	| 'unreachable';

export type GetFault = 'none' | 'lost' | 'not visible yet';

export interface Weather {
	create: CreateFault;
	get: GetFault;
	/** How an answer gets lost. */
	loss: 'noAnswer' | 'server error' | 'page' | 'no ID';
	/** Whether a task that is recorded now fails at once. */
	fails: boolean;
	/** Whether all that is under way fails now. */
	outage: boolean;
}

interface Recorded {
	id: string;
	externalTaskId: string;
	failed: boolean;
}

const LOST: Record<Weather['loss'], Answer> = {
	noAnswer: silent(),
	'server error': answer(502),
	page: answer(200, undefined),
	'no ID': answer(200, { status: 'in_progress' }),
};

/** A service that keeps tasks, with a fault at every call that the test wants one at. */
export class SimulatedService implements Api {
	readonly tasks: Recorded[] = [];
	/** The most tasks that were not failed at any one time. */
	mostAlive = 0;
	private late: Array<() => void> = [];

	/** @param keepsIdsUnique whether a second create with the same external task ID is refused */
	constructor(
		private readonly weather: () => Weather,
		private readonly keepsIdsUnique: boolean,
		private readonly signal?: AbortSignal,
	) {}

	async call(call: ApiCall): Promise<Answer> {
		throwIfStopped(this.signal);
		await Promise.resolve();
		this.late.forEach((record) => record());
		this.late = [];
		const now = this.weather();
		if (now.outage) this.tasks.forEach((task) => (task.failed = true));
		return call.body ? this.create(String(externalIdIn(call.body)), now) : this.get(call, now);
	}

	find(id: string): Recorded | undefined {
		return this.tasks.find((task) => task.id === id || task.externalTaskId === id);
	}

	private create(externalTaskId: string, { create, loss, fails }: Weather): Answer {
		if (create === 'unreachable') return unreachable;
		if (create === 'rate limit') return answer(429);
		if (create === 'lost before') return LOST[loss];
		const record = () => this.record(externalTaskId, fails);
		if (create === 'recorded late') {
			this.late.push(record);
			return LOST[loss];
		}
		const task = record();
		if (create === 'lost after') return LOST[loss];
		return task ? bodyOf(task) : answer(409, { message: 'external_task_id already exists' });
	}

	/** @returns undefined when the external task ID is taken */
	private record(externalTaskId: string, fails: boolean): Recorded | undefined {
		if (this.keepsIdsUnique && this.find(externalTaskId)) return undefined;
		const task = { id: `task-${this.tasks.length + 1}`, externalTaskId, failed: fails };
		this.tasks.push(task);
		const alive = this.tasks.filter(({ failed }) => !failed).length;
		this.mostAlive = Math.max(this.mostAlive, alive);
		return task;
	}

	private get({ path }: ApiCall, { get, loss }: Weather): Answer {
		if (get === 'lost') return LOST[loss];
		const id = decodeURIComponent(path.split('/').at(-1) ?? '');
		const task = this.find(id);
		return task && get !== 'not visible yet' ? bodyOf(task) : notFound;
	}
}

function bodyOf({ id, externalTaskId, failed }: Recorded): Answer {
	return answer(200, {
		id,
		external_task_id: externalTaskId,
		status: failed ? 'failed' : 'in_progress',
		model: 'kirin_v2_5_turbo_t2v',
	});
}
