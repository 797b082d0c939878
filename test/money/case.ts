/** One scenario's world and book: a service of its own behind a front of its own, and what came of it. */
import { startSandbox, type Ledger, type Sandbox, type SandboxTask } from '../../sandbox';
import type { Execution, OutputItem } from '../bench/n8n-client';
import { webhookWorkflow, type Link, type WorkflowNode } from '../bench/workflow';
import { SandboxClock } from '../durable/sandbox-clock';
import { itemsOf } from '../e2e-server/executions';
import { servedVideo } from '../e2e-server/served-video';
import { NODE_TYPE } from '../saved-parameters';
import { Front, asSent, UNREACHABLE_HOST } from './front';
import type { Kind } from './kinds';
import type { Stage } from './stage';

export const NODE = 'Kirin Video';

/** The files of the sandbox are smaller; every prompt gets a size of its own, so that bytes tell. */
const LEAST_VIDEO_BYTES = 300_000;

/** Longer than any scenario. */
const HELD_SECONDS = 1000;

/** The pause between two looks at what a scenario waits for. */
const CHECK_MS = 150;
/**
 * Looks in which neither the service hears nor n8n says anything, and looks in all, after which something
 * hangs. Each look is a call that n8n has to answer: on a slow machine they take longer.
 */
const LIMITS = { quiet: 250, all: 1600 };
/** For what nobody is told of, and somebody has to find out by himself. */
export const PATIENT = { quiet: 600, all: 1600 };

export class Hung extends Error {}

/** What went wrong in a scenario, by kind. */
export const COUNTED = [
	'billedTwice',
	'lost',
	'wrongVideo',
	'unfindable',
	'eventsLost',
	'hung',
] as const;
export type Counted = (typeof COUNTED)[number];

export interface Verdict {
	name: string;
	tasks: number;
	counts: Record<Counted, number>;
	/** All of it in words, and whatever else is not as it has to be. */
	wrong: string[];
}

export interface CaseOptions {
	/** The front speaks TLS. */
	tls?: boolean;
	/** Connections that the front resets look to n8n as if the host had become unreachable. */
	unreachable?: boolean;
	renderSeconds?: number;
}

export interface WorkflowOptions {
	/** Of our node, beside what its kind saves. */
	parameters?: Parameters<Kind['parameters']>[0];
	/** Settings of our node, such as Retry On Fail. */
	node?: object;
	/** Nodes before or behind ours, and how all of them are linked. */
	before?: WorkflowNode[];
	then?: WorkflowNode[];
	links?: Link[];
	/** Of the workflow. */
	settings?: object;
}

export interface Item {
	prompt: string;
	[field: string]: unknown;
}

let sizes = 0;
let paths = 0;

export class Case {
	readonly wrong: string[] = [];
	private readonly counts = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Record<
		Counted,
		number
	>;
	/** How many videos are to be paid for, and how many of them to come out, by prompt. */
	private readonly wanted = new Map<string, { paid: number; out: number }>();
	/** The task IDs of videos that came out, by prompt. */
	private readonly out = new Map<string, Set<string>>();
	private readonly executions = new Set<string>();
	private readonly told: string[] = [];
	private readonly others: Sandbox[] = [];
	/** Task IDs that nobody can find. */
	private readonly hidden = new Set<string>();

	private constructor(
		readonly name: string,
		readonly stage: Stage,
		readonly clock: SandboxClock,
		readonly sandbox: Sandbox,
		readonly front: Front,
		readonly credentials: Record<string, { id: string; name: string }>,
	) {}

	static async open(
		stage: Stage,
		name: string,
		{ tls = false, unreachable = false, renderSeconds = 1 }: CaseOptions = {},
	): Promise<Case> {
		const clock = new SandboxClock();
		const sandbox = await startSandbox({ now: clock.now, renderSeconds });
		const front = await Front.open(sandbox.apiUrl, {
			...(tls && { certificates: stage.certificates }),
			...(unreachable && { host: UNREACHABLE_HOST }),
		});
		const data = { apiKey: sandbox.apiKey, baseUrl: front.apiUrl };
		const credentials = await stage.client.addCredential('kirinVideoApi', data);
		return new Case(name, stage, clock, sandbox, front, credentials);
	}

	get ledger(): Ledger {
		return this.sandbox.ledger;
	}

	get client() {
		return this.stage.client;
	}

	async close(): Promise<void> {
		this.front.close();
		await Promise.all([this.sandbox, ...this.others].map((one) => one.close()));
	}

	/** Another account at the same service, with a ledger of its own. */
	async otherAccount(apiKey: string): Promise<Sandbox> {
		const other = await startSandbox({ now: this.clock.now, apiKey, renderSeconds: 1 });
		this.others.push(other);
		return other;
	}

	/** As many prompts as wanted, each with a video that no other has, and each to be paid for once. */
	prompts(count: number, marker = ''): string[] {
		return Array.from({ length: count }, (_, index) => {
			const size = `size ${LEAST_VIDEO_BYTES + sizes++}`;
			const markers = [size, marker].filter(Boolean).join('; ');
			return this.want(`${this.name} ${index} [sandbox: ${markers}]`);
		});
	}

	/** @param times how many videos are to be paid for, and to come out unless told otherwise */
	want(prompt: string, paid = 1, out = paid): string {
		this.wanted.set(prompt, { paid, out });
		return prompt;
	}

	check(isRight: boolean, otherwise: string): void {
		if (!isRight) this.wrong.push(otherwise);
	}

	count(what: Counted, why: string, times = 1): void {
		this.counts[what] += times;
		this.wrong.push(`${what}: ${why}`);
	}

	/** Counts a task that nobody can find, once. */
	hide(taskId: string, why: string): void {
		if (!this.hidden.has(taskId)) this.count('unfindable', why);
		this.hidden.add(taskId);
	}

	/** Text in which a person finds task IDs, such as what a tool answers. */
	tell(text: string): void {
		this.told.push(text);
	}

	/** Makes a workflow: a webhook, its items, our node and what else the scenario needs. */
	async workflow(kind: Kind, options: WorkflowOptions = {}): Promise<Workflow> {
		const { parameters, node, before = [], then = [], links, settings } = options;
		const path = `money-${process.pid}-${paths++}`;
		const ours: WorkflowNode = {
			name: NODE,
			type: NODE_TYPE,
			typeVersion: 1,
			parameters: kind.parameters(parameters),
			credentials: this.credentials,
			...node,
		};
		const nodes = [...before, ours, ...then] as [WorkflowNode, ...WorkflowNode[]];
		const chain = { nodes, ...(links && { links }) };
		const id = await this.client.addActiveWorkflow(
			webhookWorkflow(this.name, path, chain, settings),
		);
		return { id, path };
	}

	/** Starts an execution and returns its ID. */
	async run({ id, path }: Workflow, items: Array<string | Item>): Promise<string> {
		const whole = items.map((item) => (typeof item === 'string' ? { prompt: item } : item));
		await this.client.callWebhook(path, { items: whole });
		return await this.executionOf(id);
	}

	/** @returns the ID of an execution of a workflow that the scenario does not know yet */
	async executionOf(workflowId: string): Promise<string> {
		let found: string | undefined;
		await this.until(async () => {
			const latest = await this.client.executions(100);
			found = latest.find(
				(one) => one.workflowId === workflowId && !this.executions.has(one.id),
			)?.id;
			return found !== undefined;
		}, 'an execution starts');
		this.executions.add(found ?? '');
		return found ?? '';
	}

	async start(kind: Kind, items: Array<string | Item>, options?: WorkflowOptions) {
		return await this.run(await this.workflow(kind, options), items);
	}

	/** Presses Retry and returns the ID of the new execution. */
	async retry(executionId: string, workflow: 'saved' | 'original'): Promise<string> {
		const id = await this.client.retry(executionId, workflow);
		this.executions.add(id);
		return id;
	}

	/** An execution once it has ended. @throws Hung when it does not */
	async ended(id: string, limits = LIMITS): Promise<Execution> {
		let execution: Execution | 'under way' | 'waiting' = 'under way';
		await this.until(
			async () => typeof (execution = await this.client.execution(id)) === 'object',
			`execution ${id} ends`,
			limits,
		);
		return execution as unknown as Execution;
	}

	/** Presses Retry, and again if that fails as `again` says; the execution that ended last. */
	async retried(executionId: string, workflow: 'saved' | 'original'): Promise<Execution> {
		return await this.ended(await this.retry(executionId, workflow));
	}

	async waiting(id: string): Promise<void> {
		const isWaiting = async () => (await this.client.execution(id)) === 'waiting';
		await this.until(isWaiting, `execution ${id} waits`);
	}

	/** Looks until something is so. @throws Hung when nothing moves any more, or too much does */
	async until(
		isSo: () => boolean | Promise<boolean>,
		what: string,
		limits = LIMITS,
	): Promise<void> {
		let quiet = 0;
		let seen = -1;
		for (let looks = 0; !(await isSo()); looks++) {
			const moves = this.ledger.requests.length;
			quiet = moves === seen ? quiet + 1 : 0;
			seen = moves;
			if (quiet > limits.quiet || looks > limits.all) {
				throw new Hung(`it does not come to pass that ${what}`);
			}
			await this.client.ping();
			await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
		}
	}

	/** Tasks that are made from now on render until `release`. */
	hold(): void {
		this.sandbox.settings.renderSeconds = HELD_SECONDS;
	}

	/** Tasks that were held are done, and later ones soon are. */
	release(): void {
		this.sandbox.settings.renderSeconds = 1;
		this.clock.advance(HELD_SECONDS * 1000);
	}

	/** The creates that reached the service so far. */
	creates(): number {
		return this.ledger.count('create');
	}

	task(id: unknown): SandboxTask | undefined {
		return this.ledger.tasks.find((task) => task.id === id);
	}

	/**
	 * Compares what came out with what was asked for: item by item, the task's prompt, and the bytes.
	 *
	 * @param need `video`, or `task` where the task alone will do
	 */
	async deliver(items: OutputItem[], prompts: string[], need: 'video' | 'task'): Promise<void> {
		for (const [index, prompt] of prompts.entries()) {
			const item = items[index];
			const taskId = item?.json.taskId;
			if (!item || item.json.error !== undefined || typeof taskId !== 'string') continue;
			const task = this.task(taskId);
			if (task === undefined || asSent(task.prompt) !== prompt) {
				this.count(
					'wrongVideo',
					`item ${index} is of "${task?.prompt ?? taskId}", not of "${prompt}"`,
				);
				continue;
			}
			if (need === 'video' && !(await this.isVideo(item, taskId, index))) continue;
			this.out.set(prompt, (this.out.get(prompt) ?? new Set()).add(taskId));
		}
	}

	private async isVideo(item: OutputItem, taskId: string, index: number): Promise<boolean> {
		const id = item.binary?.data?.id;
		// Told of as lost, where nothing else brings the video.
		if (id === undefined) return false;
		const stored = await this.client.binary(id);
		if (stored.equals(await servedVideo(this.sandbox, taskId))) return true;
		this.count('wrongVideo', `the bytes of item ${index} are not those of task ${taskId}`);
		return false;
	}

	/** What our node puts out has to be the videos of the prompts. */
	async judge(execution: Execution, prompts: string[], kind: Kind): Promise<void> {
		const { status, error } = execution;
		this.check(status === 'success', `the execution ends as ${status}: ${error?.message ?? ''}`);
		await this.deliver(
			itemsOf(execution, NODE),
			prompts,
			kind.waiting === 'none' ? 'task' : 'video',
		);
	}

	/** Which items say that their task was adopted. */
	checkAdopted(execution: Execution, wanted: boolean[]): void {
		const items = itemsOf(execution, NODE);
		if (items.length === 0) return;
		const said = wanted.map((_, index) => items[index]?.json.adopted === true);
		this.check(
			said.join() === wanted.join(),
			`the items say adopted: ${said.join(', ')}, and not ${wanted.join(', ')}`,
		);
	}

	/** What the scenario has come to. */
	async verdict(failure: unknown): Promise<Verdict> {
		if (failure instanceof Hung) this.count('hung', failure.message);
		else if (failure) this.wrong.push(`cannot be carried out: ${(failure as Error).message}`);
		for (const id of this.executions) {
			this.told.push(await this.client.storedText(id).catch(() => ''));
		}
		const tasks = [this.ledger, ...this.others.map(({ ledger }) => ledger)].flatMap(
			(ledger) => ledger.tasks,
		);
		const billed = tasks.filter(({ outcome }) => outcome === 'completed');
		for (const [prompt, { paid, out }] of this.wanted) {
			const own = billed.filter((task) => asSent(task.prompt) === prompt);
			const more = own.length - paid;
			const ids = own.map(({ id }) => id).join(', ');
			if (more > 0) this.count('billedTwice', `"${prompt}" is billed as ${ids}`, more);
			const missing = out - (this.out.get(prompt)?.size ?? 0);
			if (missing > 0) this.count('lost', `"${prompt}" does not come out (${ids})`, missing);
		}
		const places = [...this.told, ...this.stage.log];
		for (const { id, externalTaskId, prompt } of billed) {
			const isIn = (text: string) =>
				text.includes(id) || (externalTaskId !== undefined && text.includes(externalTaskId));
			if (!places.some(isIn)) this.hide(id, `task ${id} of "${prompt}" is named nowhere`);
		}
		const { name, counts, wrong } = this;
		return { name, tasks: tasks.length, counts, wrong };
	}
}

export interface Workflow {
	id: string;
	path: string;
}
