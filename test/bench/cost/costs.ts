/**
 * What each way of making videos costs n8n in CPU time and memory, beside the least that the same work
 * costs in the same n8n.
 */
import type { Report } from '../../../demo/steps';
import { NODE_TYPE, type Waiting, catalogueModel, generateFromText } from '../../saved-parameters';
import type { ArenaPlace } from '../arena';
import type { CredentialReference } from '../contender';
import { median } from '../statistics';
import type { Chain, WorkflowNode } from '../workflow';
import { inARow, workflowOf } from '../workflow';
import { type Cost, CostServer } from './server';

/** How many runs of which size, and how many callbacks and events come at once. */
export interface CostPlan {
	/** Tasks in a run, and how often it is run; the median counts. */
	sizes: Array<{ tasks: number; times: number }>;
	/** Tasks in one run, which shows whether it grows in a straight line, beside plain HTTP. */
	most?: number;
	callbacks: number[];
	events: number;
	/** Also with the expression isolates that n8n takes only when they are needed. */
	lazily: boolean;
}

export type CostId =
	| 'raw'
	| 'rawMost'
	| 'httpRequest'
	| 'authenticated'
	| 'kirin'
	| 'kirinMost'
	| 'kirinOverTls'
	| 'returnsAtOnce'
	| 'waitNode'
	| 'callback'
	| 'callbackLazily'
	| 'webhookNode'
	| 'trigger';

export interface MeasuredCost extends Cost {
	id: CostId;
	tasks: number;
}

const RENDER_SECONDS = 5;
/** Status requests of a floor: what Kirin Video makes for a render of five seconds. */
const POLLS = 3;
const REQUEST = {
	...catalogueModel('kirin_v2_5_turbo_t2v'),
	prompt: '={{ $json.prompt }}',
	mode: 'std',
	duration: '5',
	aspectRatio: '16:9',
	options: { maxConcurrentTasks: 0 },
};
/** n8n takes an isolate for an expression only where one is evaluated. */
const LAZILY = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };

export async function measureCosts(
	place: ArenaPlace,
	plan: CostPlan,
	report: Report,
): Promise<MeasuredCost[]> {
	const measured: MeasuredCost[] = [];
	const take = async (id: CostId, tasks: number, cost: Promise<Cost>, empty = 0) => {
		report(`${id}, ${tasks}`);
		const taken = await cost;
		measured.push({ ...taken, cpuMs: taken.cpuMs - empty, id, tasks });
	};

	const polling = await CostServer.start(place, 'polling');
	const paths = await addPolling(polling);
	for (const { tasks, times } of plan.sizes) {
		const runs = async (path: string) => {
			const costs: Cost[] = [];
			while (costs.length < times) {
				costs.push(await polling.run(path, tasks, { renderSeconds: RENDER_SECONDS }));
			}
			return medianOf(costs);
		};
		await runs(paths.empty); // the first of each size compiles what the others find ready
		const empty = (await runs(paths.empty)).cpuMs;
		for (const id of ['raw', 'httpRequest', 'authenticated', 'kirin', 'kirinOverTls'] as const) {
			if (tasks === 1) await runs(paths[id]);
			await take(id, tasks, runs(paths[id]), empty);
		}
	}
	const { most } = plan;
	if (most !== undefined) {
		const run = async (path: string) =>
			await polling.run(path, most, { renderSeconds: RENDER_SECONDS });
		const empty = (await run(paths.empty)).cpuMs;
		await take('rawMost', most, run(paths.raw), empty);
		await take('kirinMost', most, run(paths.kirin), empty);
	}
	await takeEvents(polling, plan, take);
	await polling.close();

	for (const lazily of plan.lazily ? [false, true] : [false]) {
		const server = await CostServer.start(place, 'callbacks', lazily ? LAZILY : {});
		const id = lazily ? 'callbackLazily' : 'callback';
		await server.add(id, kirin('callback'));
		await server.add('returnsAtOnce', floor(server, { does: 'suspend', by: 'raw' }));
		const waitNode = await server.add('waitNode', waiting(server));
		await server.run(id, 1, { renderSeconds: 1 });
		for (const tasks of plan.callbacks) {
			await take(id, tasks, server.run(id, tasks, { renderSeconds: RENDER_SECONDS }));
			if (lazily) continue;
			await take(
				'returnsAtOnce',
				tasks,
				server.runUntilCalledBack('returnsAtOnce', tasks, { renderSeconds: RENDER_SECONDS }),
			);
			await take(
				'waitNode',
				tasks,
				server.runUntilCalledBack(waitNode, tasks, {
					renderSeconds: RENDER_SECONDS,
					executions: tasks,
					// The Wait node goes on with the first call, so the notices of what has begun are left out.
					faults: [{ on: 'callback', kind: 'reset', times: tasks }],
				}),
			);
		}
		await server.close();
	}
	return measured;
}

type Take = (id: CostId, tasks: number, cost: Promise<Cost>, empty?: number) => Promise<void>;

/** Callbacks of tasks that nobody waits for: each starts an execution, by our trigger or n8n's own. */
async function takeEvents(server: CostServer, { events }: CostPlan, take: Take): Promise<void> {
	const trigger = (credentials: CredentialReference): WorkflowNode => ({
		name: 'Start',
		type: `${NODE_TYPE}Trigger`,
		typeVersion: 1,
		parameters: {},
		credentials,
	});
	const webhook = (): WorkflowNode => ({
		name: 'Start',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2.1,
		parameters: { httpMethod: 'POST', path: 'floor-of-events', responseMode: 'onReceived' },
	});
	for (const [id, first] of [
		['webhookNode', webhook],
		['trigger', trigger],
	] as const) {
		const workflow = await server.addEventWorkflow(
			(credentials) => {
				const nodes = [{ ...first(credentials), webhookId: id }, END];
				return workflowOf(id, nodes, inARow('Start', END.name));
			},
			id === 'trigger' ? `${id}/webhook` : 'floor-of-events',
		);
		await take(id, events, server.runEvents(workflow, events, RENDER_SECONDS));
	}
}

const END: WorkflowNode = {
	name: 'End',
	type: 'n8n-nodes-base.noOp',
	typeVersion: 1,
	parameters: {},
};

async function addPolling(server: CostServer) {
	const make = { does: 'make' };
	return {
		empty: await server.add('empty', () => ({ nodes: [END] })),
		raw: await server.add('raw', floor(server, { ...make, by: 'raw' })),
		httpRequest: await server.add('httpRequest', floor(server, { ...make, by: 'httpRequest' })),
		authenticated: await server.add(
			'authenticated',
			floor(server, { ...make, by: 'authenticated' }),
		),
		kirin: await server.add('kirin', kirin('poll')),
		kirinOverTls: await server.add('kirinOverTls', kirin('poll'), 'https'),
	};
}

function kirin(waiting: Waiting) {
	return (credentials: CredentialReference): Chain => ({
		nodes: [
			{
				name: 'Kirin Video',
				type: NODE_TYPE,
				typeVersion: 1,
				parameters: generateFromText(REQUEST, waiting),
				credentials,
			},
		],
	});
}

function floor({ sandbox }: CostServer, parameters: object, name = 'Floor') {
	return (credentials: CredentialReference): Chain => ({
		nodes: [
			{
				name,
				type: 'CUSTOM.floor',
				typeVersion: 1,
				parameters: {
					apiUrl: sandbox.apiUrl,
					apiKey: sandbox.apiKey,
					renderSeconds: RENDER_SECONDS,
					polls: POLLS,
					...parameters,
				},
				credentials,
			},
		],
	});
}

/** An execution for each video: create, n8n's Wait node until the callback, download. */
function waiting(server: CostServer) {
	return (credentials: CredentialReference): Chain => {
		const [create] = floor(server, { does: 'create', by: 'raw' })(credentials).nodes;
		const [download] = floor(
			server,
			{ does: 'downloadCalled', by: 'httpRequest' },
			'Download',
		)(credentials).nodes;
		const wait: WorkflowNode = {
			name: 'Wait',
			type: 'n8n-nodes-base.wait',
			typeVersion: 1.1,
			parameters: { resume: 'webhook', httpMethod: 'POST', options: {} },
		};
		return { nodes: [create, wait, download] };
	};
}

function medianOf(costs: Cost[]): Cost {
	const of = (read: (cost: Cost) => number) => median(costs.map(read));
	return {
		cpuMs: of(({ cpuMs }) => cpuMs),
		peakMiB: of(({ peakMiB }) => peakMiB),
		seconds: of(({ seconds }) => seconds),
		polls: of(({ polls }) => polls),
		late: of(({ late }) => late),
		callbacks: of(({ callbacks }) => callbacks),
	};
}
