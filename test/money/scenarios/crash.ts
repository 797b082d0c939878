/** kill -9 at seeded moments of each operation's life, then Retry. */
import type { Execution } from '../../bench/n8n-client';
import type { Case } from '../case';
import { failing } from '../front';
import { KINDS, kindOf, type Kind } from '../kinds';
import type { Scenario } from '../scenario';

const MOMENTS = 10;
const ITEMS = 5;

/** Where an item's task stands when n8n dies. */
type Phase = 'before create' | 'unanswered' | 'rendering' | 'downloading' | 'done';

const MARKERS: Record<Phase, string> = {
	'before create': 'render 1s',
	unanswered: 'render 1s',
	rendering: '',
	downloading: 'render 0s',
	done: 'render 0s',
};

/** What an item can be at, by how its task is waited for. An execution on callbacks may also just wait. */
const PHASES: Record<Kind['waiting'], Phase[]> = {
	poll: ['before create', 'unanswered', 'rendering', 'downloading', 'done'],
	callback: ['before create', 'unanswered', 'rendering'],
	none: ['before create', 'unanswered', 'done'],
};

/** Mulberry32, so that a seed gives the same moments everywhere. */
function drawer(seed: number): (count: number) => number {
	let state = seed;
	return (count) => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) % count;
	};
}

interface Moment {
	prompts: string[];
	phases: Phase[];
	/** Set where the execution waits, all of its tasks being submitted. */
	waits: boolean;
	id?: string;
}

/** The items of one execution; at least one is at something that keeps the execution alive. */
function momentOf(scenario: Case, kind: Kind, draw: (count: number) => number): Moment {
	const choice = PHASES[kind.waiting];
	const phases = Array.from({ length: ITEMS }, () => choice[draw(choice.length)] ?? 'unanswered');
	const isAlive = phases.some((phase) => phase !== 'done');
	if (!isAlive) phases[0] = 'unanswered';
	const prompts = phases.map((phase) => scenario.prompts(1, MARKERS[phase])[0] ?? '');
	const waits = kind.waiting === 'callback' && phases.every((phase) => phase === 'rendering');
	return { prompts, phases, waits };
}

function crash(kind: Kind): Scenario {
	return {
		name: `kill-and-retry/${kind.name}`,
		phase: 'kill',
		async act(scenario) {
			scenario.hold();
			const draw = drawer(kind.name.length * 7919);
			const moments = Array.from({ length: MOMENTS }, () => momentOf(scenario, kind, draw));
			if (kind.waiting === 'callback') allWait(scenario, moments);
			let isHolding = true;
			const phaseOf = new Map(
				moments.flatMap(({ prompts, phases }) =>
					prompts.map((prompt, index) => [prompt, phases[index]] as const),
				),
			);
			const held = new Set<string>();
			scenario.front.rules.push((call) => {
				const phase = phaseOf.get(call.prompt);
				if (call.kind !== 'create' || !isHolding) return undefined;
				if (phase !== 'before create' && phase !== 'unanswered') return undefined;
				const sent = phase === 'unanswered' ? call.forward() : Promise.resolve();
				return sent.then(() => {
					held.add(call.prompt);
					return 'hold' as const;
				});
			});
			scenario.sandbox.faults = moments
				.flatMap(({ prompts, phases }) => prompts.filter((_, at) => phases[at] === 'downloading'))
				.map((promptIncludes) => ({ on: 'download', kind: 'hang', promptIncludes }));
			const workflow = await scenario.workflow(kind);
			for (const moment of moments) moment.id = await scenario.run(workflow, moment.prompts);
			await allThere(scenario, moments, held, kind);

			await scenario.stage.killed();
			isHolding = false;
			scenario.sandbox.faults = [];
			checkLog(scenario, [...phaseOf.keys()]);
			if (!scenario.stage.hasResumeToken) {
				// Retry of a crashed execution has nothing to know its tasks by: the log has.
				for (const prompt of phaseOf.keys()) scenario.want(prompt, 1, 0);
				return;
			}
			await retryAll(scenario, kind, moments);
		},
	};
}

/** Some executions wait when n8n dies, and are not to be harmed by that. */
function allWait(scenario: Case, moments: Moment[]): void {
	for (const moment of moments.slice(0, 2)) {
		if (moment.waits) continue;
		for (const prompt of moment.prompts) scenario.want(prompt, 0);
		moment.prompts = scenario.prompts(ITEMS, MARKERS.rendering);
		moment.phases = moment.prompts.map(() => 'rendering');
		moment.waits = true;
	}
}

/** Each item has come to where n8n is to die. */
async function allThere(scenario: Case, moments: Moment[], held: Set<string>, kind: Kind) {
	const { ledger } = scenario;
	const isThere = (prompt: string, phase: Phase | undefined): boolean => {
		if (phase === 'before create' || phase === 'unanswered') return held.has(prompt);
		const task = ledger.tasks.find((one) => one.prompt === prompt);
		if (task === undefined) return false;
		const downloads = () =>
			ledger.requests.some((one) => one.kind === 'download' && one.taskId === task.id);
		if (kind.waiting !== 'poll') return true;
		return phase === 'rendering' ? ledger.polls(task.id).length > 0 : downloads();
	};
	for (const { id = '', prompts, phases, waits } of moments) {
		await scenario.until(
			() => prompts.every((prompt, index) => isThere(prompt, phases[index])),
			`the items of execution ${id} are at ${phases.join(', ')}`,
		);
		if (waits) await scenario.waiting(id);
	}
}

/** Before a request leaves, the log has its ID: of tasks that are known to no execution. */
function checkLog(scenario: Case, prompts: string[]): void {
	const log = scenario.stage.log.join('\n');
	for (const { id, externalTaskId = '', prompt } of scenario.ledger.tasks) {
		const isNamed = log.includes(id) || (externalTaskId !== '' && log.includes(externalTaskId));
		if (prompts.includes(prompt) && !isNamed) {
			scenario.hide(id, `task ${id} of "${prompt}" is not in the log after the kill`);
		}
	}
}

async function retryAll(scenario: Case, kind: Kind, moments: Moment[]): Promise<void> {
	const all = moments.flatMap(({ prompts }) => prompts);
	const asked: Asked = new Map(all.map((prompt) => [prompt, polls(scenario, prompt)]));
	const started = await Promise.all(
		moments.map(async (moment, index) => {
			const { id = '', waits } = moment;
			if (waits) return { moment, last: id };
			await scenario.ended(id);
			const last = await scenario.retry(id, index % 2 === 0 ? 'saved' : 'original');
			return { moment, last };
		}),
	);
	// What was rendering goes on until its Retry waits for it.
	for (const { moment, last } of started) await looksAt(scenario, moment, last, asked);
	scenario.release();
	for (const { moment, last } of started) {
		const execution = await scenario.ended(last);
		await scenario.judge(execution, moment.prompts, kind);
		if (!moment.waits) checkAdopted(scenario, moment, execution);
	}
}

/** Until the execution waits, or has ended, or has asked anew for what was rendering. */
async function looksAt(scenario: Case, { prompts, phases }: Moment, id: string, asked: Asked) {
	const rendering = prompts.filter((_, index) => phases[index] === 'rendering');
	await scenario.until(async () => {
		if ((await scenario.client.execution(id)) !== 'under way') return true;
		if (rendering.length === 0) return true;
		return rendering.every((prompt) => polls(scenario, prompt) > (asked.get(prompt) ?? 0));
	}, `Retry ${id} has come to its tasks`);
}

/** How often each prompt's tasks have been asked for. */
type Asked = Map<string, number>;

function polls({ ledger }: Case, prompt: string): number {
	const own = ledger.tasks.filter((task) => task.prompt === prompt);
	return own.reduce((sum, { id }) => sum + ledger.polls(id).length, 0);
}

/** What had been sent before n8n died was adopted, and nothing else was. */
function checkAdopted(scenario: Case, { phases }: Moment, execution: Execution): void {
	scenario.checkAdopted(
		execution,
		phases.map((phase) => phase !== 'before create'),
	);
}

/** The callback URL is another one after the wait; what has failed is made anew, and nothing else. */
const renamed: Scenario = {
	name: 'webhook-url-changed-during-the-wait',
	phase: 'kill',
	async act(scenario) {
		const kind = kindOf('callback');
		scenario.hold();
		const prompts = scenario.prompts(3);
		const [, second = ''] = prompts;
		scenario.front.rules.push((call) =>
			call.kind === 'create' && call.prompt === second && call.times === 1
				? call.forward({ body: failing(call.body) })
				: undefined,
		);
		const node = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
		const id = await scenario.start(kind, prompts, { node });
		await scenario.waiting(id);
		await scenario.stage.killed();
		const { ledger } = scenario;
		const before = ledger.tasks.length;
		scenario.release();
		await scenario.until(() => ledger.tasks.length > before, 'what has failed is made anew');
		await scenario.judge(await scenario.ended(id), prompts, kind);
	},
};

export const crashes: Scenario[] = [...KINDS.map(crash), renamed];
