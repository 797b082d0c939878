/** Processes that perform runs, so that every core has work. */
import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { RunPlan } from './plan';
import type { Verdict } from './verdict';
import type { Answer, Task } from './worker';

/** Items that one process has under way at once, unless a single run has more. */
const MOST_ITEMS_AT_ONCE = 150;

/** More processes than this are not worth the time that it takes to start them. */
const MOST_WORKERS = 4;

interface Waiting {
	plan: RunPlan;
	resolve: (verdict: Verdict) => void;
	reject: (error: Error) => void;
}

interface Worker {
	process: ChildProcess;
	underWay: Map<number, Waiting>;
}

export class Workers {
	private readonly workers: Worker[];
	private readonly queue: Waiting[] = [];
	private tasks = 0;
	private closed = false;

	constructor(count = Math.min(MOST_WORKERS, availableParallelism())) {
		this.workers = Array.from({ length: count }, () => this.start());
	}

	/** Performs a run as soon as there is room. Rejects when that is not possible at all. */
	async perform(plan: RunPlan): Promise<Verdict> {
		return await new Promise((resolve, reject) => {
			this.queue.push({ plan, resolve, reject });
			this.handOut();
		});
	}

	close(): void {
		this.closed = true;
		this.queue.length = 0;
		for (const { process } of this.workers) if (process.connected) process.disconnect();
	}

	private start(): Worker {
		const worker: Worker = {
			process: fork(join(__dirname, 'worker.ts')),
			underWay: new Map(),
		};
		worker.process.on('message', (answer: Answer) => {
			const waiting = worker.underWay.get(answer.id);
			worker.underWay.delete(answer.id);
			if ('verdict' in answer) waiting?.resolve(answer.verdict);
			else waiting?.reject(new Error(answer.problem));
			this.handOut();
		});
		worker.process.on('exit', (code) => {
			if (this.closed) return;
			const runs = [...worker.underWay.values()].map(({ plan }) => plan.run).join(', ');
			const error = new Error(`A process ended with code ${code} during runs ${runs}`);
			for (const { reject } of [...worker.underWay.values(), ...this.queue]) reject(error);
		});
		return worker;
	}

	private handOut(): void {
		for (;;) {
			const [next] = this.queue;
			if (!next) return;
			const worker = this.workers.reduce((a, b) => (load(b) < load(a) ? b : a));
			const isFull = load(worker) + next.plan.items.length > MOST_ITEMS_AT_ONCE;
			if (isFull && worker.underWay.size > 0) return;
			this.queue.shift();
			const task: Task = { id: this.tasks++, plan: next.plan };
			worker.underWay.set(task.id, next);
			worker.process.send(task);
		}
	}
}

function load({ underWay }: Worker): number {
	return [...underWay.values()].reduce((sum, { plan }) => sum + plan.items.length, 0);
}
