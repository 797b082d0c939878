/** The tables of what n8n spends on each video. */
import type { Figures } from '../figures';
import { number, type Table } from '../table';
import type { CostId } from './costs';

const POLLING: Array<[CostId, string]> = [
	['raw', 'plain HTTP on kept connections, in a node that does nothing else'],
	['httpRequest', "n8n's helper for requests"],
	['authenticated', "n8n's helper for requests with a credential"],
	['kirin', 'Kirin Video'],
	['kirinOverTls', 'Kirin Video, over HTTPS'],
];
const CALLBACKS: Array<[CostId, string]> = [
	['returnsAtOnce', 'a node whose webhook returns at once and never resumes'],
	['waitNode', "n8n's Wait node, an execution for each video"],
	['callback', 'Kirin Video: Resume on Callback, one execution'],
	['callbackLazily', '– with N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true'],
];
const EVENTS: Array<[CostId, string]> = [
	['webhookNode', "n8n's Webhook node"],
	['trigger', 'Kirin Video Trigger'],
];

export function pollingCostTable(figures: Figures): Table {
	const sizes = sizesOf(figures, 'kirin');
	return {
		title: 'CPU time of n8n for each video that is polled for, in ms',
		head: ['', ...sizes.map((tasks) => `${tasks} at once`), '× the helper with a credential'],
		rows: POLLING.map(([id, title]) => [
			title,
			...sizes.map((tasks) => number(figures.cost(id, tasks)?.cpuMs)),
			number(ratio(figures, id, 'authenticated'), 2),
		]),
		notes: [
			'Create, three status requests, download and storing, for renders of 5 s. What an idle n8n and a workflow without these nodes take is subtracted. The first three try nothing again, check nothing and lose a task when anything fails.',
		],
	};
}

export function callbackCostTable(figures: Figures): Table {
	return waitingTable(figures, CALLBACKS, 'returnsAtOnce', {
		title: 'CPU time and memory of n8n for videos that end together, with callbacks',
		note: 'Each task calls back twice, when it begins and when it ends. The first row is what n8n itself spends on the calls: it reads the stored execution for each of them. Late: callbacks without an answer within 2 s.',
	});
}

export function eventCostTable(figures: Figures): Table {
	return waitingTable(figures, EVENTS, 'webhookNode', {
		title: 'CPU time and memory of n8n for callbacks that start a workflow',
		note: "n8n's node believes every call; the trigger asks the service for the task, with its key.",
	});
}

function waitingTable(
	figures: Figures,
	rows: Array<[CostId, string]>,
	floor: CostId,
	{ title, note }: { title: string; note: string },
): Table {
	return {
		title,
		head: ['', 'at once', 'CPU (ms each)', '× the first', 'memory at most (MiB)', 'late'],
		rows: rows.flatMap(([id, name]) =>
			sizesOf(figures, id).map((tasks) => {
				const cost = figures.cost(id, tasks);
				return [
					name,
					String(tasks),
					number(cost?.cpuMs),
					number(ratio(figures, id, floor, tasks), 2),
					number(cost?.peakMiB, 0),
					cost ? `${cost.late} of ${cost.callbacks}` : '–',
				];
			}),
		),
		notes: [note],
	};
}

function sizesOf({ measurements }: Figures, id: CostId): number[] {
	return measurements.costs.filter((cost) => cost.id === id).map(({ tasks }) => tasks);
}

function ratio(figures: Figures, id: CostId, floor: CostId, tasks?: number): number {
	return (figures.cost(id, tasks)?.cpuMs ?? NaN) / (figures.cost(floor, tasks)?.cpuMs ?? NaN);
}

/** Seconds of CPU time for a thousand videos, by each way of waiting, and which to take. */
export function adviceOf(figures: Figures): string {
	const thousand = (id: CostId) => `${number(figures.cost(id)?.cpuMs, 0)} s`;
	return `A thousand videos cost n8n ${thousand('kirin')} of CPU time where the node polls, ${thousand('callback')} where callbacks resume one execution of many videos, and ${thousand('trigger')} where a trigger starts a workflow for each. So poll wherever an execution may stay running: it is the cheapest and the soonest. Take callbacks where a wait has to outlive a restart or must not hold a worker, with the smaller batches the better, since n8n reads the whole stored execution for each call. Take the trigger where videos are made elsewhere.`;
}
