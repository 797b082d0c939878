/** What the sandbox's ledger says of a run. */
import type { EngineRun } from '../engine/engine';
import type { RequestRecord, Sandbox } from '../../sandbox';
import { SPEED } from './clock';
import type { SentRequest } from './sent-requests';
import type { Evidence, RequestEvidence } from './evidence';
import { errorText } from './claims';
import { CALLBACK_PATH } from './workflow';

/** @param lineages the lineage of each execution, by its ID */
export function ledgerOf(
	{ ledger }: Sandbox,
	lineages: Map<string, number>,
	keys: string[],
): Pick<Evidence, 'tasks' | 'requests'> {
	return {
		tasks: ledger.tasks.map(({ id, externalTaskId, prompt, outcome, apiKey, callbackUrl }) => ({
			taskId: id,
			...(externalTaskId !== undefined && { externalTaskId }),
			prompt,
			failed: outcome === 'failed',
			account: keys.indexOf(apiKey),
			madeFor: madeFor(callbackUrl, lineages),
		})),
		requests: ledger.requests.filter(isOfNode).map(requestEvidence),
	};
}

/** The workflow asks for callbacks at an address that says what for; n8n's own names the execution only. */
function madeFor(callbackUrl: string | undefined, lineages: Map<string, number>) {
	const { pathname, searchParams } = new URL(callbackUrl ?? 'http://nowhere');
	const [execution, run, item] = ['execution', 'run', 'item'].map((name) => searchParams.get(name));
	const lineage = lineages.get(execution ?? pathname.split('/').at(-1) ?? '');
	return {
		...(lineage !== undefined && { lineage }),
		...(run && { run: Number(run) }),
		...(item && { item: Number(item) }),
	};
}

/**
 * The campaign's own requests are left out, callbacks, which both ports record, and what strays in from
 * other programs that look for a server on the port.
 */
function isOfNode({ kind, path, server, headers }: RequestRecord): boolean {
	const strayed = kind === 'other' && server === 'api' && headers.authorization === undefined;
	return kind !== 'callback' && kind !== 'control' && !isCallback(path) && !strayed;
}

function requestEvidence({ kind, taskId, status, fault, body }: RequestRecord): RequestEvidence {
	const params = (body as { input?: Array<{ params?: Record<string, string> }> } | undefined)
		?.input?.[0]?.params;
	return {
		kind,
		...(taskId !== undefined && { taskId }),
		...(status !== undefined && { status }),
		...(fault !== undefined && { fault }),
		...(params && { prompt: params.prompt, externalTaskId: params.external_task_id }),
	};
}

const isCallback = (path: string) => path.startsWith(CALLBACK_PATH);

/** When Stop was pressed. */
export interface Stop {
	/** By `performance.now()`. */
	at: number;
	/** On the service's clock, when a request that was sent at Stop had been answered. */
	overtakenAt: number;
}

/** So long after that, in ms of the turn clock, requests that had left before Stop may still arrive. */
const MOMENT_MS = 300;

/** What left n8n after Stop; and what arrived a moment after it, whichever way it left. */
export function callsAfter(stop: Stop, sentRequests: SentRequest[], { ledger }: Sandbox): string[] {
	const left = sentRequests
		.filter(({ at, path }) => at > stop.at && !isCallback(path))
		.map(({ at, method, path }) => `${method} ${path}, ${Math.ceil(at - stop.at)} ms after Stop`);
	const arrived = ledger.requests
		.filter((request) => isOfNode(request) && request.at > stop.overtakenAt + MOMENT_MS * SPEED)
		.map(({ method, path }) => `${method} ${path}, more than ${MOMENT_MS} ms after Stop`);
	return left.length > arrived.length ? left : arrived;
}

/** Everything that n8n stores or shows, and everything that another host than the API's is sent. */
export function keyFreePlaces(
	runs: EngineRun[],
	log: string[],
	{ ledger }: Sandbox,
): Evidence['keyFree'] {
	const elsewhere = ledger.requests.filter(
		({ server, kind }) => server === 'files' || kind === 'callback',
	);
	return {
		'the stored execution': runs.map((run) => run.stored()).join('\n'),
		'an error': runs.map(({ error }) => (error ? errorText(error) : '')).join('\n'),
		'the log': log.join('\n'),
		'a request to the files port': JSON.stringify(
			elsewhere.map(({ headers, path, body }) => [headers, path, body]),
		),
	};
}
