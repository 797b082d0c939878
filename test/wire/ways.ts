/** Every way in which the node meets the service: which calls it makes, and one life of it. */
import { request as httpRequest } from 'node:http';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
// With its ending, for without one a loader may take the codex file, KirinVideo.node.json.
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node.js';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node.js';
import {
	callResumeUrl,
	passDeadline,
	runWorkflow,
	testCredential,
	workflowWith,
	type EngineRun,
	type RunOptions,
} from '../engine/engine';
import { searchList } from '../engine/list-search';
import { openTriggerHost } from '../engine/trigger-host';
import type { WorkflowOptions } from '../engine/workflow';
import { generateFromImage, generateFromText, onTask } from '../saved-parameters';
import { KEY } from './key-forms';
import type { CallKind, LyingServer } from './lying-server';

/** One of each for all lives, as n8n has them. */
const kirinVideo = new KirinVideo();
const trigger = new KirinVideoTrigger();

export const NODE = 'Kirin Video';
const TRIGGER = 'Kirin Video Trigger';
const TRIGGER_TYPE = 'n8n-nodes-kirin-video.kirinVideoTrigger';

/** The Maximum Wait of every life here, in minutes. */
export const MAXIMUM_WAIT_MINUTES = 2;

export interface LifeOptions {
	parameters?: INodeParameters;
	/** Added to the Options of the way. */
	extraOptions?: IDataObject;
	workflow?: WorkflowOptions;
	/** The body, or its JSON, that is sent to the resume URL or to the trigger; the task's ID unless given. */
	callback?: IDataObject | string;
	/** In place of the credential's own. */
	baseUrl?: string;
}

/** What has become of a life. */
export interface Life {
	items: INodeExecutionData[];
	/** Message, description and details of what failed the execution. */
	error?: string;
	/** Everything that n8n stores or that anybody is answered, as text. */
	kept: string;
	/** What n8n logged. */
	log: string[];
	/** HTTP status and text that the sender of a callback got. */
	reply?: string;
}

export interface Way {
	name: string;
	calls: CallKind[];
	/** Makes tasks, so that one may exist that nobody was told of. */
	creates: boolean;
	live(server: LyingServer, options?: LifeOptions): Promise<Life>;
}

const forMinutes = { maximumWaitMinutes: MAXIMUM_WAIT_MINUTES };

function runOptionsFor(
	server: LyingServer,
	parameters: INodeParameters,
	options: LifeOptions,
): RunOptions {
	return {
		nodes: [kirinVideo],
		credentialTypes: [new KirinVideoApi()],
		credentials: {
			kirinVideoApi: { apiKey: KEY, baseUrl: options.baseUrl ?? server.apiUrl },
		},
		workflow: workflowWith(
			withExtra({ ...parameters, ...options.parameters }, options),
			options.workflow,
		),
	};
}

function withExtra(parameters: INodeParameters, { extraOptions }: LifeOptions): INodeParameters {
	if (!extraOptions) return parameters;
	const options = { ...(parameters.options as IDataObject), ...extraOptions };
	return { ...parameters, options: options as INodeParameters };
}

function lifeOf(runs: EngineRun[], reply?: string): Life {
	const last = runs.at(-1);
	const error = last?.error;
	return {
		items: last ? [...last.output(NODE), ...last.output(NODE, 1)] : [],
		...(error && { error: errorText(error) }),
		kept: runs.map((run) => `${run.stored()}${run.error ? errorText(run.error) : ''}`).join('\n'),
		log: runs.flatMap(({ log }) => log),
		...(reply !== undefined && { reply }),
	};
}

function errorText(error: Error): string {
	const { message, description, context } = error as Error & {
		description?: string;
		context?: { data?: unknown };
	};
	return [message, description ?? '', JSON.stringify(context?.data ?? {})].join('\n');
}

async function run(
	server: LyingServer,
	parameters: INodeParameters,
	options: LifeOptions,
): Promise<Life> {
	return lifeOf([await runWorkflow(runOptionsFor(server, parameters, options))]);
}

/** Submits, is called back when the task has ended, and otherwise goes on at the deadline. */
async function liveByCallback(server: LyingServer, options: LifeOptions): Promise<Life> {
	const parameters = generateFromText({ waiting: forMinutes }, 'callback');
	const all = runOptionsFor(server, parameters, options);
	const waiting = await runWorkflow(all);
	if (waiting.status !== 'waiting') return lifeOf([waiting]);
	server.finishTasks();
	const [task] = server.tasks;
	const body = options.callback ?? { id: task?.id ?? 'unknown' };
	const { resumed, response, code } = await callResumeUrl(all, waiting, { body });
	const reply = JSON.stringify([code, response]);
	return lifeOf([waiting, resumed ?? (await passDeadline(all, waiting))], reply);
}

let workflows = 0;

async function liveByTrigger(server: LyingServer, options: LifeOptions): Promise<Life> {
	const { nodes, connections, settings } = workflowWith(
		withExtra({ ...options.parameters }, options),
		{
			name: TRIGGER,
			type: TRIGGER_TYPE,
			...options.workflow,
		},
	);
	const host = await openTriggerHost(
		{
			nodes: [trigger],
			credentialTypes: [new KirinVideoApi()],
			credentials: {
				kirinVideoApi: { apiKey: KEY, baseUrl: options.baseUrl ?? server.apiUrl },
			},
			workflow: {
				id: `workflow-${++workflows}`,
				nodes: nodes.filter(({ name }) => name !== 'Start'),
				connections: { [TRIGGER]: connections[TRIGGER] ?? {} },
				...(settings && { settings }),
			},
		},
		TRIGGER,
	);
	try {
		const { id } = finishedTask(server);
		const reply = await post(host.url, options.callback ?? { id });
		while (host.executions.length < host.started) {
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		const life = lifeOf(host.executions, reply);
		return { ...life, items: host.emitted(), log: host.log() };
	} finally {
		await host.close();
	}
}

async function post(url: string, body: IDataObject | string): Promise<string> {
	return await new Promise((resolve, reject) => {
		const headers = { 'content-type': 'application/json', connection: 'close' };
		const sent = httpRequest(url, { method: 'POST', headers }, (response) => {
			let text = '';
			response.on('data', (chunk) => (text += String(chunk)));
			response.on('end', () => resolve(`${response.statusCode} ${text}`));
			response.on('error', reject);
		});
		sent.on('error', reject);
		sent.end(typeof body === 'string' ? body : JSON.stringify(body));
	});
}

function finishedTask(server: LyingServer) {
	server.finishTasks();
	return server.tasks[0] ?? server.addTask('order-7');
}

async function liveByCredentialTest(server: LyingServer, options: LifeOptions): Promise<Life> {
	const data = { apiKey: KEY, baseUrl: options.baseUrl ?? server.apiUrl };
	const result = await testCredential(kirinVideo, new KirinVideoApi(), data);
	const text = JSON.stringify(result);
	return { items: [], ...(result.status === 'Error' && { error: text }), kept: text, log: [] };
}

async function liveByModelSearch(server: LyingServer, options: LifeOptions): Promise<Life> {
	const data = { apiKey: KEY, baseUrl: options.baseUrl ?? server.apiUrl };
	const where = { parameters: generateFromText({}), field: 'model' };
	const found = await searchList(kirinVideo, new KirinVideoApi(), data, where);
	return { items: [], kept: JSON.stringify(found), log: [] };
}

export const WAYS = {
	poll: {
		name: 'Generate, polling',
		calls: ['create', 'get', 'download'],
		creates: true,
		live: async (server, options = {}) =>
			await run(server, generateFromText({ waiting: forMinutes }), options),
	},
	callback: {
		name: 'Generate, resuming on callback',
		calls: ['create', 'get', 'download'],
		creates: true,
		live: async (server, options = {}) => await liveByCallback(server, options),
	},
	submit: {
		name: 'Generate, not waiting',
		calls: ['create'],
		creates: true,
		live: async (server, options = {}) => await run(server, generateFromText({}, 'none'), options),
	},
	limited: {
		name: 'Generate with a maximum cost',
		calls: ['estimate', 'create', 'get', 'download'],
		creates: true,
		live: async (server, options = {}) =>
			await run(
				server,
				generateFromText({ waiting: forMinutes, costLimits: { maximumCostUsd: '1' } }),
				options,
			),
	},
	image: {
		name: 'Generate From Image',
		calls: ['create', 'get', 'download'],
		creates: true,
		live: async (server, options = {}) =>
			await run(
				server,
				generateFromImage({
					waiting: forMinutes,
					imageSource: 'url',
					imageUrl: 'https://images.example/fox.png',
				}),
				options,
			),
	},
	wait: {
		name: 'Task → Wait',
		calls: ['get', 'download'],
		creates: false,
		async live(server, options = {}) {
			const { id } = server.tasks[0] ?? server.addTask('order-7');
			return await run(server, onTask('wait', { waiting: forMinutes, taskId: id }), options);
		},
	},
	get: {
		name: 'Task → Get',
		calls: ['get'],
		creates: false,
		async live(server, options = {}) {
			const { id } = finishedTask(server);
			return await run(server, onTask('get', { taskId: id }), options);
		},
	},
	estimate: {
		name: 'Task → Estimate Cost',
		calls: ['estimate'],
		creates: false,
		live: async (server, options = {}) =>
			await run(server, onTask('estimateCost', { prompt: 'A fox in the snow' }), options),
	},
	trigger: {
		name: 'Kirin Video Trigger',
		calls: ['get', 'download'],
		creates: false,
		live: async (server, options = {}) => await liveByTrigger(server, options),
	},
	credential: {
		name: 'the credential test',
		calls: ['get'],
		creates: false,
		live: async (server, options = {}) => await liveByCredentialTest(server, options),
	},
	search: {
		name: 'the list of models',
		calls: ['search'],
		creates: false,
		live: async (server, options = {}) => await liveByModelSearch(server, options),
	},
} satisfies Record<string, Way>;

export type WayName = keyof typeof WAYS;

/** Every call of every way: the rows of a table. */
export const CALLS = Object.entries(WAYS).flatMap(([key, { name, calls }]) =>
	calls.map((call) => ({ way: key as WayName, name, call: call })),
);
