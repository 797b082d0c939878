import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { watcher } from '../../nodes/KirinVideo/suspend/watcher';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox';
import { generateFromText } from '../saved-parameters';
import {
	type EngineRun,
	type RunOptions,
	type StartedRun,
	type WorkflowOptions,
	runWorkflow,
	startWorkflow,
	workflowWith,
} from './engine';
import { VirtualTime, installVirtualTime } from './virtual-time';

/**
 * Kirin Video in the real engine, in front of a sandbox. Both live in virtual time, which jumps to the
 * next thing that is due whenever nothing moves.
 */

/** One for all runs, as n8n has it. */
const kirinVideo = new KirinVideo();

/** A key that is easy to search for, wherever it must not be. */
export const KEY = 'kirin-secret-0123456789abcdef';

export const NODE = 'Kirin Video';

/** The time that all tests of a file share. Requests take none of it. */
export const time = new VirtualTime();

/** Every pause passes in virtual time; only what is to happen at once does not. */
const SHORTEST_TIMER_MS = 1;

/** Lets virtual time run while the tests of a file do. */
export function virtualTimeForTests(): void {
	const realNow = Date.now;
	let restore: () => void;
	let stop: () => Promise<void>;
	beforeAll(() => {
		restore = installVirtualTime(time, SHORTEST_TIMER_MS);
		Date.now = () => time.now();
		stop = time.run();
	});
	afterAll(async () => {
		await stop();
		Date.now = realNow;
		restore();
	});
}

/** A sandbox for one test file, set back before each test. */
export function sandboxForTests(options: SandboxOptions = {}): { readonly current: Sandbox } {
	let sandbox: Sandbox;
	virtualTimeForTests();
	beforeAll(async () => {
		const now = () => time.now();
		sandbox = await startSandbox({ apiKey: KEY, renderSeconds: 10, now, ...options });
	});
	beforeEach(() => sandbox.reset());
	afterEach(() => watcher.endAll());
	afterAll(async () => await sandbox.close());
	return {
		get current() {
			return sandbox;
		},
	};
}

export { generateFromText as generating, onTask } from '../saved-parameters';

/** Parameters of an item that submits its task and does not wait. */
export function submitting(parameters: INodeParameters = {}): INodeParameters {
	return generateFromText(parameters, 'none');
}

export interface KirinOptions extends WorkflowOptions {
	credential?: IDataObject;
	run?: Partial<RunOptions>;
}

export function runOptions(
	sandbox: Sandbox,
	parameters: INodeParameters,
	{ credential, run, ...workflow }: KirinOptions,
): RunOptions {
	return {
		nodes: [kirinVideo],
		credentialTypes: [new KirinVideoApi()],
		credentials: { kirinVideoApi: { apiKey: KEY, baseUrl: sandbox.apiUrl, ...credential } },
		workflow: workflowWith(parameters, workflow),
		...run,
	};
}

export async function run(
	sandbox: Sandbox,
	parameters: INodeParameters,
	options: KirinOptions = {},
): Promise<EngineRun> {
	return await runWorkflow(runOptions(sandbox, parameters, options));
}

export async function begin(
	sandbox: Sandbox,
	parameters: INodeParameters,
	options: KirinOptions = {},
): Promise<StartedRun> {
	return await startWorkflow(runOptions(sandbox, parameters, options));
}

/** The node's only item; fails the test where the run failed. */
export function onlyItem(result: EngineRun): INodeExecutionData {
	if (result.error) throw result.error;
	const [item, ...others] = result.output(NODE);
	if (!item || others.length > 0) throw new Error(`Expected one item, not ${others.length + 1}`);
	return item;
}

/** How many status requests an item says that its task took. */
export function pollsOf({ json }: INodeExecutionData): number {
	return (json.details as { polls: number }).polls;
}

/** What the person in front of n8n reads: message and description of the run's error. */
export function errorText({ error }: EngineRun): string {
	if (!error) throw new Error('The run did not fail');
	return `${error.message}\n${(error as { description?: string }).description ?? ''}`;
}

/** Resolves as soon as `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
	await time.until(condition);
}
