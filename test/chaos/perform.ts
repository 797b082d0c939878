/** Performs a plan: the workflow in the real engine, in front of a sandbox of its own. */
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { INodeExecutionData } from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
// With its ending, for without one a loader may take the codex file, KirinVideo.node.json.
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node.js';
import { startSandbox, type Sandbox } from '../../sandbox';
import { randomFrom } from '../../sandbox/faults';
import {
	runWorkflow,
	startWorkflow,
	storedBinary,
	type EngineRun,
	type RunOptions,
} from '../engine/engine';
import { listenToLog } from '../engine/log';
import { retryCrashed, retryExecution } from '../engine/retrying';
import { png } from '../unit/image-bytes';
import { SPEED, pause, serviceNow, turnMs, within, type RunWorld } from './clock';
import { watchRequests } from './sent-requests';
import type { Evidence } from './evidence';
import { callsAfter, keyFreePlaces, ledgerOf, type Stop } from './ledger-evidence';
import type { Next, RunPlan } from './plan';
import { watchProgress } from './progress';
import { outageFaults } from './service-faults';
import { NO_TLS, startTlsFront, type TlsFront } from './tls-front';
import { type Ended, claimsOf } from './claims';
import { countTroubles } from './troubles';
import { startWaits, type Waits } from './waits';
import { promptOf, workflowOf } from './workflow';

/** What became of a run, whether right or wrong. */
export interface Performed {
	evidence: Evidence;
	/** How often each kind of trouble came up. */
	troubles: Record<string, number>;
	/** Of the last execution, as n8n saves it. */
	status: string;
}

/** A stopped run may take so long to let go, in ms of the turn clock. */
const STOP_DEADLINE_MS = 60_000;

/** A stopped run is watched for so long for calls that it should not make, in ms of the turn clock. */
const WATCH_MS = 800;

/** How often it is looked whether it is time to press Stop, in real ms. */
const STOP_CHECK_MS = 2;

/** What all executions of a plan have in common. */
interface Stage {
	plan: RunPlan;
	sandbox: Sandbox;
	world: RunWorld;
	waits?: Waits;
	front?: TlsFront;
	image?: INodeExecutionData['binary'];
	/** One for each account. */
	keys: string[];
}

/** Where the plan says how often an answer is lost behind TLS, 0 to 1. */
async function tlsFront(plan: RunPlan, { apiUrl }: Sandbox): Promise<TlsFront | undefined> {
	const { tls } = plan;
	if (tls === undefined) return undefined;
	const random = randomFrom(plan.seed + plan.run);
	const instead = Object.values(NO_TLS);
	return await startTlsFront(apiUrl, () =>
		random() < tls ? instead[Math.floor(random() * instead.length)] : undefined,
	);
}

export async function perform(plan: RunPlan): Promise<Performed> {
	const key = `kirin-secret-${plan.seed}-${plan.run}-0123456789abcdef`;
	const keys = [key, `${key}-of-another-account`];
	const sandbox = await startSandbox({
		apiKey: key,
		otherKeys: keys.slice(1),
		now: serviceNow,
		seed: plan.seed + plan.run,
		...plan.service,
	});
	const sentRequests = watchRequests([sandbox.apiUrl, sandbox.filesUrl]);
	const logged = listenToLog();
	const world: RunWorld = { aheadMs: 0, random: randomFrom(plan.seed + plan.run), pauses: 0 };
	const timers = schedule(plan, sandbox, world);
	const waits = plan.operation === 'resume' ? await startWaits(world) : undefined;
	const front = await tlsFront(plan, sandbox);
	const image = plan.input === 'binary' ? { data: await storedImage() } : undefined;
	try {
		const executions = await executeAll({ plan, sandbox, world, waits, front, image, keys });
		const last = executions.at(-1);
		const stop = last?.stop;
		if (stop) await pause(WATCH_MS).over;
		const ended = executions.flatMap(({ run, ...rest }) => (run ? [{ ...rest, run }] : []));
		const runs = ended.map(({ run }) => run);
		await Promise.all(runs.map(dropFiles));
		const haveEnded = ended.length === executions.length;
		const stopped = executions.some((execution) => execution.stop !== undefined);
		const lineages = new Map(executions.map(({ id, lineage }) => [id, lineage]));
		const log = logged();
		return {
			evidence: {
				items: plan.items.map((item) => ({
					prompt: promptOf(plan, item, sandbox.filesUrl),
					...(item.ownId !== undefined && { ownId: item.ownId }),
					aboveLimit: plan.costLimits && item.limit === 'low',
				})),
				rounds: plan.rounds,
				stopped: stopped || !haveEnded,
				ended: haveEnded,
				mayGiveUp: plan.timeoutMs !== undefined || front !== undefined,
				...ledgerOf(sandbox, lineages, keys),
				...claimsOf(ended),
				log,
				key,
				keyFree: keyFreePlaces(runs, log, sandbox),
				callsAfterStop: stop ? callsAfter(stop, sentRequests(), sandbox) : [],
			},
			troubles: countTroubles(plan, sandbox, {
				stop: Number(stopped),
				'TLS broken after the request': front?.broken() ?? 0,
				...waits?.answers(),
				...countNext(executions),
			}),
			status: last?.run?.status ?? 'hung',
		};
	} finally {
		sentRequests();
		timers.forEach(({ forget }) => forget());
		waits?.close();
		front?.close();
		await sandbox.close();
	}
}

const IMAGE = png(640, 360);

let stored: ReturnType<typeof storedBinary> | undefined;

async function storedImage() {
	return await (stored ??= storedBinary(IMAGE, 'image/png'));
}

function countNext(executions: Execution[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { began } of executions) {
		if (began) counts[`then ${began}`] = (counts[`then ${began}`] ?? 0) + 1;
	}
	return counts;
}

/** What happens by itself while the run is under way. */
function schedule(
	plan: RunPlan,
	sandbox: Sandbox,
	world: RunWorld,
): Array<ReturnType<typeof pause>> {
	const { clockSteps, outage, failUntilMs } = plan;
	const timers: Array<ReturnType<typeof pause>> = [];
	const at = (ms: number, act: () => void) => {
		const timer = pause(ms / SPEED);
		timers.push(timer);
		void timer.over.then(act);
	};
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

interface Execution extends Omit<Ended, 'run'> {
	/** What n8n calls it. */
	id: string;
	/** Of one that comes after another. */
	began?: Next;
	/** Missing when it hangs. */
	run?: EngineRun;
	/** Only where it came before the end. */
	stop?: Stop;
}

/** The first execution and those that the plan has after it, as far as there is something to go on from. */
async function executeAll(stage: Stage): Promise<Execution[]> {
	const { plan, sandbox, keys } = stage;
	const executions: Execution[] = [];
	let [lineage, account] = [0, 0];
	for (const next of [undefined, ...plan.then]) {
		const before = executions.at(-1);
		if (before && !before.run) break;
		if (next === 'retry' && before?.run?.status !== 'error') continue;
		if (next === 'new' || next === 'new account') lineage++;
		if (next === 'new account') account = keys.length - 1;
		const failedBefore = new Set(
			sandbox.ledger.tasks
				.filter(({ outcome, endsAt }) => outcome === 'failed' && serviceNow() >= endsAt)
				.map(({ id }) => id),
		);
		const execution = executions.length;
		const place = { execution, lineage, account, failedBefore };
		const options = optionsOf(stage, keys[account] ?? '', `chaos-${plan.run}-${execution}`);
		const act = async () =>
			next === undefined
				? await startAndStop(stage, options)
				: await goOn(stage, options, next, before?.run);
		const outcome = await within(stage.world, act);
		// A Retry is given an ID of its own by n8n.
		const id = outcome.run?.executionId ?? options.executionId ?? '';
		executions.push({ ...place, id, ...outcome, ...(next && { began: next }) });
	}
	return executions;
}

function optionsOf(stage: Stage, apiKey: string, executionId: string): RunOptions {
	const { plan, sandbox, front, waits, image } = stage;
	return {
		nodes: [new KirinVideo()],
		credentialTypes: [new KirinVideoApi()],
		credentials: { kirinVideoApi: { apiKey, baseUrl: front?.url ?? sandbox.apiUrl } },
		workflow: workflowOf(plan, sandbox.filesUrl, image),
		executionId,
		mode: 'trigger',
		...(!plan.resumeToken && { resumeToken: '' }),
		...(waits && { webhookWaitingBaseUrl: waits.baseUrl }),
	};
}

type Outcome = Pick<Execution, 'run' | 'stop'>;

/** An execution after the first. Nobody stops it. */
async function goOn(
	{ plan, sandbox, world, waits }: Stage,
	options: RunOptions,
	next: Next,
	before: EngineRun | undefined,
): Promise<Outcome> {
	const begun = async () => {
		if (next === 'retry' && before) return await retryExecution(options, before);
		if (next === 'retry crashed' && before) return await retryCrashed(options, before);
		return await runWorkflow(options);
	};
	const ended = begun()
		.then(async (run) => (await waits?.follow({ ...options, mode: run.run.mode }, run)) ?? run)
		.then((run) => ({ run }));
	const progress = watchProgress(plan, sandbox, world);
	const outcome = await Promise.race([ended, progress.hangs]);
	progress.forget();
	return outcome ?? {};
}

async function startAndStop(
	{ plan, sandbox, world, waits }: Stage,
	options: RunOptions,
): Promise<Outcome> {
	const started = await startWorkflow(options);
	const ended = started.promise
		.then(async (run) => (await waits?.follow(options, run)) ?? run)
		.then((run) => ({ run }));
	const moment = stopMoment(plan, sandbox);
	const progress = watchProgress(plan, sandbox, world);
	const first = await Promise.race([ended, moment.reached, progress.hangs]);
	moment.forget();
	progress.forget();
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

/** Stop does not wait longer than this, in ms of the turn clock, for requests that a download that hangs holds up. */
const LATEST_STOP_MS = 15_000;

/** The time to press Stop, if the plan has one. */
function stopMoment({ stopAfterRequests }: RunPlan, { ledger }: Sandbox) {
	const latest = turnMs() + LATEST_STOP_MS;
	let reached = false;
	let look: NodeJS.Timeout | undefined;
	return {
		reached: new Promise<undefined>((resolve) => {
			if (stopAfterRequests === undefined) return;
			look = setInterval(() => {
				const isLate = turnMs() > latest;
				reached = isLate || ledger.requests.length >= stopAfterRequests;
				if (reached) resolve(undefined);
			}, STOP_CHECK_MS);
		}),
		isReached: () => reached,
		forget: () => clearInterval(look),
	};
}

/** How often a folder is removed that gets new files meanwhile. */
const MOST_REMOVALS = 20;

/**
 * A campaign downloads more than a disk should keep. n8n may still be writing the file of a download that
 * was stopped or has timed out.
 */
async function dropFiles({ executionId }: EngineRun): Promise<void> {
	const location = { type: 'execution' as const, workflowId: 'kirin-workflow', executionId };
	for (let removals = 1; ; removals++) {
		try {
			await Container.get(BinaryDataService).deleteMany([location]);
			return;
		} catch (error) {
			const isWrittenTo = (error as NodeJS.ErrnoException).code === 'ENOTEMPTY';
			if (!isWrittenTo || removals === MOST_REMOVALS) throw error;
			await pause(1).over;
		}
	}
}
