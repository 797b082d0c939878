/** Performs a plan: the workflow in the real engine, in front of a sandbox of its own. */
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
// With its ending, for without one a loader may take the codex file, KirinVideo.node.json.
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node.js';
import { startSandbox, type Sandbox } from '../../sandbox';
import { randomFrom } from '../../sandbox/faults';
import { startWorkflow, type EngineRun, type RunOptions } from '../engine/engine';
import { listenToLog } from '../engine/log';
import { SPEED, serviceNow, within, type RunWorld } from './clock';
import { watchDepartures } from './departures';
import type { Evidence } from './evidence';
import { callsAfter, keyFreePlaces, ledgerOf, type Stop } from './ledger-evidence';
import { toldBy } from './told';
import type { RunPlan } from './plan';
import { outageFaults } from './service-faults';
import { countTroubles } from './troubles';
import { promptsOf, workflowOf } from './workflow';

/** What became of a run, whether right or wrong. */
export interface Performed {
	evidence: Evidence;
	/** How often each kind of trouble came up. */
	troubles: Record<string, number>;
	/** Of the last execution, as n8n saves it. */
	status: string;
}

/** A stopped run may take so long to let go, in real ms; a busy machine takes its time. */
const STOP_DEADLINE_MS = 20_000;

/** A stopped run is watched for so long for calls that it should not make, in real ms. */
const WATCH_MS = 800;

/** How often it is looked whether it is time to press Stop, in real ms. */
const STOP_LOOK_MS = 2;

export async function perform(plan: RunPlan): Promise<Performed> {
	const key = `kirin-secret-${plan.seed}-${plan.run}-0123456789abcdef`;
	const sandbox = await startSandbox({
		apiKey: key,
		now: serviceNow,
		seed: plan.seed + plan.run,
		...plan.service,
	});
	const departures = watchDepartures([sandbox.apiUrl, sandbox.filesUrl]);
	const logged = listenToLog();
	const world: RunWorld = { aheadMs: 0, random: randomFrom(plan.seed + plan.run) };
	const timers = schedule(plan, sandbox, world);
	try {
		const executions: Execution[] = [];
		for (const turn of plan.again ? [1, 2] : [1]) {
			executions.push(await execute(plan, turn, sandbox, world));
		}
		const last = executions.at(-1);
		const stop = last?.stop;
		if (stop) await pause(WATCH_MS).over;
		const runs = executions.flatMap(({ run }) => run ?? []);
		await Promise.all(runs.map(dropFiles));
		const ended = runs.length === executions.length;
		const log = logged();
		return {
			evidence: {
				prompts: promptsOf(plan, sandbox.filesUrl),
				stopped: stop !== undefined || !ended,
				ended,
				mayGiveUp: plan.timeoutMs !== undefined,
				...ledgerOf(sandbox),
				...toldBy(runs),
				log,
				key,
				keyFree: keyFreePlaces(runs, log, sandbox),
				callsAfterStop: stop ? callsAfter(stop, departures(), sandbox) : [],
			},
			troubles: countTroubles(plan, sandbox, stop !== undefined),
			status: last?.run?.status ?? 'hung',
		};
	} finally {
		departures();
		timers.forEach(clearTimeout);
		await sandbox.close();
	}
}

/** What happens by itself while the run is under way. */
function schedule(plan: RunPlan, sandbox: Sandbox, world: RunWorld): NodeJS.Timeout[] {
	const { clockSteps, outage, failUntilMs } = plan;
	const timers: NodeJS.Timeout[] = [];
	const at = (ms: number, act: () => void) => void timers.push(setTimeout(act, ms / SPEED));
	for (const { atMs, byMs } of clockSteps) at(atMs, () => (world.aheadMs += byMs));
	if (failUntilMs !== undefined) {
		sandbox.settings.markers = '[sandbox: fail]';
		at(failUntilMs, () => (sandbox.settings.markers = ''));
	}
	if (outage) {
		const usual = sandbox.faults;
		at(outage.fromMs, () => (sandbox.faults = outageFaults(outage)));
		at(outage.untilMs, () => (sandbox.faults = usual));
	}
	return timers;
}

interface Execution {
	/** Missing when it outlived its deadline. */
	run?: EngineRun;
	/** Only where it came before the end. */
	stop?: Stop;
}

async function execute(
	plan: RunPlan,
	turn: number,
	sandbox: Sandbox,
	world: RunWorld,
): Promise<Execution> {
	const options: RunOptions = {
		nodes: [new KirinVideo()],
		credentialTypes: [new KirinVideoApi()],
		credentials: { kirinVideoApi: { apiKey: sandbox.apiKey, baseUrl: sandbox.apiUrl } },
		workflow: workflowOf(plan, sandbox.filesUrl),
		executionId: `${plan.run}-${turn}`,
	};
	const started = await within(world, async () => await startWorkflow(options));
	const ended = started.promise.then((run) => ({ run }));
	const moment = stopMoment(plan, sandbox);
	const deadline = pause(deadlineMs(plan));
	const first = await Promise.race([ended, moment.reached, deadline.over]);
	moment.forget();
	deadline.forget();
	if (first) return first;

	started.stop();
	const at = performance.now();
	const letGo = pause(STOP_DEADLINE_MS);
	const overtaken = moment.isReached() ? overtake(sandbox) : undefined;
	const last = await Promise.race([ended, letGo.over]);
	letGo.forget();
	// Stopped by us because it would not end by itself: what it still does is no business of the judge.
	return overtaken ? { stop: { at, overtakenAt: await overtaken }, ...last } : {};
}

/** Resolves when what left before now has arrived, to the time of that on the service's clock. */
async function overtake({ apiUrl }: Sandbox): Promise<number> {
	const response = await fetch(`${apiUrl}/sandbox/settings`);
	await response.text();
	return serviceNow();
}

/** Stop does not wait longer than this, in real ms, for requests that a download that hangs holds up. */
const LATEST_STOP_MS = 15_000;

/** The time to press Stop, if the plan has one. */
function stopMoment({ stopAfterRequests }: RunPlan, { ledger }: Sandbox) {
	const latest = performance.now() + LATEST_STOP_MS;
	let reached = false;
	let look: NodeJS.Timeout | undefined;
	return {
		reached: new Promise<undefined>((resolve) => {
			if (stopAfterRequests === undefined) return;
			look = setInterval(() => {
				const isLate = performance.now() > latest;
				reached = isLate || ledger.requests.length >= stopAfterRequests;
				if (reached) resolve(undefined);
			}, STOP_LOOK_MS);
		}),
		isReached: () => reached,
		forget: () => clearInterval(look),
	};
}

/** Added to every deadline for a machine that has other things to do, in real ms. */
const SLACK_MS = 30_000;

/** The longest that the node asks a service to take a task, and the longest `Retry-After` that it obeys. */
const LONGEST_SUBMIT_MS = 10 * 60_000;

/** When a run counts as hung, in real ms. */
export function deadlineMs(plan: RunPlan): number {
	const { items, retry, batching, timeoutMs = 0, clockSteps, maximumWaitMinutes } = plan;
	const stepped = clockSteps.reduce((sum, { byMs }) => sum + Math.abs(byMs), 0);
	const nodeMs = 2 * LONGEST_SUBMIT_MS + maximumWaitMinutes * 60_000 + stepped;
	const starts = batching ? (items.length / batching.size) * batching.pauseMs : 0;
	const tryMs = nodeMs / SPEED + starts + 10 * timeoutMs + (retry?.pauseMs ?? 0);
	return tryMs * (retry?.tries ?? 1) + SLACK_MS;
}

function pause(ms: number): { over: Promise<undefined>; forget: () => void } {
	let timer: NodeJS.Timeout | undefined;
	const over = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, ms, undefined)));
	return { over, forget: () => clearTimeout(timer) };
}

/** A campaign downloads more than a disk should keep. */
async function dropFiles({ executionId }: EngineRun): Promise<void> {
	const workflowId = 'kirin-workflow';
	await Container.get(BinaryDataService).deleteMany([
		{ type: 'execution', workflowId, executionId },
	]);
}
