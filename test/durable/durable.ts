/**
 * Waits that survive everything, in a real n8n server: it is killed and started again while executions
 * wait for callbacks, callbacks get lost, are repeated and forged, a credential is deleted, a deadline passes, Stop is pressed.
 * The last line is one JSON object with what was counted.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n } from '../../demo/install-n8n';
import { createHome } from '../../demo/n8n-home';
import { freePort } from '../../demo/n8n-process';
import { buildPackage, packPackage } from '../../demo/package';
import { pinnedN8n, type PinnedN8n } from '../../demo/pinned-n8n';
import { step } from '../../demo/steps';
import { atEnd, wholeRun } from '../../demo/whole-run';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node.js';
import { startSandbox, type Ledger, type Sandbox } from '../../sandbox';
import { KIRIN_TYPE } from '../bench/kirin';
import type { Execution, OutputItem } from '../bench/n8n-client';
import { isAtLeast } from '../compat/is-at-least';
import { billedTwice } from '../e2e-server/billed-twice';
import { ended, itemsOf, toldBy, untilAll } from '../e2e-server/executions';
import { percentile } from '../e2e-server/percentile';
import { servedVideo } from '../e2e-server/served-video';
import { example } from '../e2e-server/shipped-example';
import {
	NEVER_SENT,
	NODE,
	RENDER_SECONDS,
	plans,
	unheard,
	workflowOf,
	type Credentials,
	type Plan,
} from './executions';
import { lost, mixedUp, pollsIn } from './judge';
import { RestartableN8n } from './restartable-n8n';
import { SandboxClock } from './sandbox-clock';

const USAGE = `npm run test:durable             with the newest n8n that is pinned; about 4 minutes
npm run test:durable -- oldest   with the oldest one`;

/** In which nobody may look at a task: no callback is sent. */
const QUIET_MS = 5_000;
const WAIT_LIMIT_MS = 180_000;
const END_LIMIT_MS = 300_000;
/** The sandbox notices within a second that its clock was moved; then come its callbacks. */
const CALLBACKS_MS = 3_000;

const pause = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

/** What is not as it has to be, in words. */
const wrong: string[] = [];

function check(isRight: boolean, otherwise: string): void {
	if (!isRight) wrong.push(otherwise);
}

interface Started extends Plan {
	id: string;
	credentials?: Credentials;
}

function isOver(execution: Execution | 'under way' | 'waiting'): boolean {
	return typeof execution === 'object';
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { help: { type: 'boolean', short: 'h' } },
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const pinned = pinnedN8n(positionals[0] ?? 'newest');
	const install = await step(`Install n8n ${pinned.version}`, (report) =>
		installN8n(report, pinned),
	);
	const folder = await mkdtemp(join(tmpdir(), 'kirin-video-durable-'));
	atEnd(() => rm(folder, { recursive: true, force: true }));
	const home = join(folder, 'n8n');
	await step('Build and pack the node', async () => {
		await buildPackage();
		await createHome(install, home, (await packPackage(folder)).folder);
	});

	const clock = new SandboxClock();
	const sandbox = await startSandbox({ now: clock.now });
	atEnd(() => sandbox.close());
	const { ledger } = sandbox;
	const n8n = await step('Start n8n', async () =>
		RestartableN8n.start(install, home, await freePort()),
	);
	// Older versions do not know all that a description says, such as its hints for n8n's AI builder.
	const served = (await n8n.client.describeNode(KIRIN_TYPE, 1)).properties;
	const own = new KirinVideo().description.properties;
	check(
		own.every(({ name, displayName }, index) => {
			const property = served[index];
			return property?.name === name && property.displayName === displayName;
		}),
		'n8n does not show the fields that the node has',
	);
	const quiet: Array<{ from: number; to: number }> = [];
	const beQuiet = async () => {
		await untilAnswered(ledger);
		const from = clock.now();
		await pause(QUIET_MS);
		quiet.push({ from, to: clock.now() });
	};

	const started: Started[] = [];
	const [early, late] = unheard;
	await step('Lose the callbacks that come before a wait is stored', async () => {
		started.push(...(await startAll(n8n, sandbox, early ? [early] : [])));
		const ids = started.map(({ id }) => id);
		await untilAll(n8n.client, ids, isOver, { limitMs: END_LIMIT_MS, what: 'over' });
	});
	let fireAndForget = '';
	await step('Start the executions and let them wait', async () => {
		const all = [
			...(await startAll(n8n, sandbox, plans)),
			await startByHand(n8n, sandbox, 'manual', 'resume-on-callback.json', 'Use the videos'),
			await startByHand(n8n, sandbox, 'loop', 'polling-loop.json', 'Use the video'),
		];
		fireAndForget = await startFireAndForget(n8n, sandbox);
		// On a slow machine n8n ends the shortest wait before all the others have begun.
		const ids = all.filter(({ name }) => name !== 'deadline').map(({ id }) => id);
		const wanted = { limitMs: WAIT_LIMIT_MS, what: 'waiting' };
		await untilAll(n8n.client, ids, (execution) => execution === 'waiting', wanted);
		started.push(...all);
	});
	const idOf = (name: string) => started.find((one) => one.name === name)?.id ?? '';
	const isWaiting = async (name: string) => (await n8n.client.execution(idOf(name))) === 'waiting';
	const durable = ['failing', 'continuing', 'duplicates', 'manual'];
	await beQuiet();

	await step('Forge callbacks', async () => {
		await forge(sandbox, pinned);
		for (const name of durable) check(await isWaiting(name), `A forged callback ended "${name}"`);
	});
	await step('Delete a credential', async () => {
		const own = started.find(({ name }) => name === 'bereft')?.credentials;
		if (own) await n8n.client.deleteCredential(own.kirinVideoApi?.id ?? '');
	});
	await step('Press Stop', async () => await n8n.client.stop(idOf('stopped')));

	await step('Let the first tasks settle', async () => {
		clock.advance(RENDER_SECONDS.before * 1000);
		await pause(CALLBACKS_MS);
		for (const name of [...durable, 'bereft'])
			check(await isWaiting(name), `"${name}" did not wait for all tasks`);
	});
	await step('Kill n8n, and let tasks settle while it is dead', async () => {
		await n8n.kill();
		const sent = ledger.count('callback');
		clock.advance((RENDER_SECONDS.meanwhile - RENDER_SECONDS.before) * 1000);
		await pause(CALLBACKS_MS);
		check(ledger.count('callback') > sent, 'No callback got lost');
	});
	await step('Start n8n again', async () => await n8n.startAgain());
	for (const name of durable) {
		const execution = await n8n.client.execution(idOf(name));
		const status = typeof execution === 'string' ? execution : execution.status;
		// n8n 2.0 may call an execution that waits crashed when it has been killed; callbacks still end it.
		const survives = isAtLeast(pinned.version, '2.1.0') ? ['waiting'] : ['waiting', 'crashed'];
		check(survives.includes(status), `"${name}" is ${status} after the restart`);
	}
	await step('Start one whose callback will be lost', async () => {
		started.push(...(await startAll(n8n, sandbox, late ? [late] : [])));
	});
	await step('Let the deadline pass', async () => {
		await untilAll(n8n.client, [idOf('deadline')], (execution) => execution !== 'waiting', {
			limitMs: END_LIMIT_MS,
			what: 'past its deadline',
		});
	});

	const lags = await step('Let the last tasks settle', async () => {
		clock.advance((RENDER_SECONDS.after - RENDER_SECONDS.meanwhile) * 1000);
		const ids = started.map(({ id }) => id);
		await untilAll(n8n.client, ids, isOver, { limitMs: END_LIMIT_MS, what: 'over' });
		await pause(CALLBACKS_MS);
		const ends = durable.map(async (name) => {
			const { stoppedAt } = await ended(n8n.client, idOf(name));
			return (
				stoppedAt -
				lastCallback(
					sandbox,
					clock,
					started.find((one) => one.name === name),
				)
			);
		});
		return await Promise.all(ends);
	});

	const told = await step('Judge', async () => {
		const all: string[] = [];
		for (const one of started) {
			const execution = await ended(n8n.client, one.id);
			all.push(toldBy(execution));
			await judge(n8n, sandbox, one, execution);
		}
		const emitted = await Promise.all(
			(await n8n.client.executions(50))
				.filter(({ workflowId, mode }) => workflowId === fireAndForget && mode === 'webhook')
				.map(({ id }) => ended(n8n.client, id)),
		);
		all.push(...emitted.map(toldBy));
		const items = emitted.flatMap((execution) => itemsOf(execution, 'Use the video'));
		check(items.length === 1, `The trigger emitted ${items.length} items, not 1`);
		for (const item of items) await compareVideo(n8n, sandbox, 'trigger', item);
		return all.join('\n');
	});

	const twice = billedTwice(ledger.billed, (prompt) => prompt);
	const gone = lost(ledger, told);
	const polls = pollsIn(ledger, quiet);
	wrong.push(...twice.map(({ item, taskIds }) => `"${item}" is billed ${taskIds.length} times`));
	wrong.push(...gone.map(({ id, prompt }) => `Task ${id} of "${prompt}" is lost from sight`));
	// At most that of the watcher, once a minute for each execution, and that of the loop.
	check(polls <= started.length, `${polls} polls while waiting`);
	if (wrong.length > 0) {
		console.log(`\nn8n said last:\n${n8n.tail()}\n\n${wrong.join('\n')}\n`);
		process.exitCode = 1;
	}
	console.log(
		JSON.stringify({
			executions: started.length,
			items: started.reduce((sum, { prompts }) => sum + prompts.length, 0),
			tasks: ledger.tasks.length,
			billedTwice: twice.length,
			lost: gone.length,
			pollsWhileWaiting: polls,
			resumeLagMs: { p50: percentile(lags, 0.5), p99: percentile(lags, 0.99) },
			looks: ledger.count('get'),
			callbacks: ledger.count('callback'),
			wrong: wrong.length,
		}),
	);
}

async function startAll(n8n: RestartableN8n, sandbox: Sandbox, all: Plan[]): Promise<Started[]> {
	const started: Started[] = [];
	for (const plan of all) {
		const credentials = await addCredential(n8n, sandbox);
		const workflowId = await n8n.client.addActiveWorkflow(workflowOf(plan, credentials));
		const items = plan.prompts.map((prompt) => ({ prompt }));
		const id = await n8n.client.triggerFirst(workflowId, plan.name, { items });
		started.push({ ...plan, id, credentials });
	}
	return started;
}

/** An example, run from the editor. */
async function startByHand(
	n8n: RestartableN8n,
	sandbox: Sandbox,
	name: string,
	file: string,
	last: string,
): Promise<Started> {
	sandbox.settings.renderSeconds = RENDER_SECONDS.after;
	const credentials = await addCredential(n8n, sandbox);
	const workflowId = await n8n.client.addWorkflow(example(file, credentials));
	const id = await n8n.client.runManually(workflowId, 'Start');
	return { name, prompts: [], last, id };
}

async function addCredential({ client }: RestartableN8n, { apiKey, apiUrl }: Sandbox) {
	return await client.addCredential('kirinVideoApi', { apiKey, baseUrl: apiUrl });
}

/** Submits by hand, from a workflow whose trigger takes the callback; returns the workflow's ID. */
async function startFireAndForget(n8n: RestartableN8n, sandbox: Sandbox): Promise<string> {
	const { client } = n8n;
	const credentials = await addCredential(n8n, sandbox);
	const workflow = example('submit-and-trigger.json', credentials);
	const trigger = workflow.nodes.find(({ type }) => type.endsWith('.kirinVideoTrigger'));
	for (const node of workflow.nodes) {
		if (!node.type.endsWith('.kirinVideo')) continue;
		const callbackUrl = `${n8n.url}webhook/${trigger?.webhookId}/webhook`;
		const prompt = `Forgotten [sandbox: render ${RENDER_SECONDS.after}s; callback repeat]`;
		node.parameters = { ...node.parameters, prompt, options: { callbackUrl } };
	}
	const id = await client.addActiveWorkflow(workflow);
	await client.runManually(id, 'Start');
	return id;
}

/** n8n looks at a task before it answers a callback: whatever follows is not asked for. */
async function untilAnswered({ requests }: Ledger): Promise<void> {
	const deadline = Date.now() + WAIT_LIMIT_MS;
	const isOpen = ({ kind, status, fault = '' }: Ledger['requests'][number]) =>
		kind === 'callback' && status === undefined && !fault.includes(NEVER_SENT);
	while (requests.some(isOpen)) {
		if (Date.now() > deadline) throw new Error('n8n does not answer its callbacks');
		await pause(100);
	}
}

/** What somebody may send who has seen a callback's URL, or guesses one. */
async function forge({ ledger }: Sandbox, { version }: PinnedN8n): Promise<void> {
	// Older versions give a resume URL no token, so that such a call reaches the node. It claims an end that
	// the API does not confirm: the sender is to call again. n8n itself says 409 of one that is done already.
	const wanted = isAtLeast(version, '2.14.0') ? [401] : [503, 409];
	for (const { id, callbackUrl } of ledger.tasks) {
		if (callbackUrl === undefined) continue;
		if (callbackUrl.includes('/webhook-waiting/')) {
			const withoutToken = callbackUrl.replace(/\?.*/, '');
			const answered = await post(withoutToken, { id, status: 'completed' });
			check(wanted.includes(answered), `A callback without the token was answered ${answered}`);
		}
		await post(callbackUrl, { id, status: 'completed', output: [{ content: [] }] });
		await post(callbackUrl, { id: 'foreign', status: 'failed' });
		await post(callbackUrl, { data: [] });
	}
}

async function post(url: string, body: object): Promise<number> {
	const headers = { 'content-type': 'application/json' };
	return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status;
}

/** When the last callback for an execution was sent, in real time. */
function lastCallback(
	{ ledger }: Sandbox,
	clock: SandboxClock,
	started: Started | undefined,
): number {
	const mine = ledger.tasks.filter(({ callbackUrl = '' }) =>
		callbackUrl.replace(/\?.*/, '').endsWith(`/webhook-waiting/${started?.id}`),
	);
	const ids = new Set(mine.map(({ id }) => id));
	const sent = ledger.requests.filter(
		({ kind, taskId = '' }) => kind === 'callback' && ids.has(taskId),
	);
	return clock.real(Math.max(...sent.map(({ at }) => at)));
}

async function judge(
	n8n: RestartableN8n,
	sandbox: Sandbox,
	{ name, prompts, last = NODE }: Started,
	execution: Execution,
): Promise<void> {
	const items = itemsOf(execution, last);
	const statuses = items.map(({ json }) => (json.error ? 'error' : json.status));
	const wanted: Record<string, [status: string, items: string[]]> = {
		failing: ['error', []],
		continuing: ['success', [...completed(8), 'error', 'error']],
		duplicates: ['success', completed(2)],
		deadline: ['success', completed(2)],
		stopped: ['canceled', ['in_progress']],
		manual: ['success', completed(3)],
		loop: ['success', completed(1)],
		early: ['success', completed(2)],
		unheard: ['success', completed(1)],
		bereft: ['success', ['in_progress', 'in_progress']],
	};
	const [status, outputs] = wanted[name] ?? ['', []];
	check(
		execution.status === status && statuses.join() === outputs.join(),
		`"${name}" ended as ${execution.status} with ${statuses.join(', ')}, not as ${status} with ${outputs.join(', ')}`,
	);
	if (prompts.length > 0 && items.length > 0) {
		wrong.push(...mixedUp(items, prompts, sandbox.ledger).map((text) => `"${name}": ${text}`));
	}
	for (const item of items) {
		if (item.json.status === 'completed') await compareVideo(n8n, sandbox, name, item);
	}
}

function completed(count: number): string[] {
	return Array.from({ length: count }, () => 'completed');
}

async function compareVideo(
	n8n: RestartableN8n,
	sandbox: Sandbox,
	name: string,
	item: OutputItem,
): Promise<void> {
	const id = item.binary?.data?.id;
	const taskId = String(item.json.taskId);
	if (!id) return check(false, `"${name}": task ${taskId} has no video in n8n`);
	const stored = await n8n.client.binary(id);
	check(
		stored.equals(await servedVideo(sandbox, taskId)),
		`"${name}": the video of task ${taskId} is not the one served`,
	);
}

wholeRun('The suite', main);
