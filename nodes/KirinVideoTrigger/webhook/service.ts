import type { IWebhookFunctions } from 'n8n-workflow';
import { connect, readBaseUrl } from '../../KirinVideo/api/client';
import { type Answer, refusalKind } from '../../KirinVideo/api/answer';
import { withCredential } from '../../KirinVideo/api/credential/credential';
import { systemClock } from '../../KirinVideo/api/clock';
import { show } from '../../KirinVideo/request/values';
import { credentialError } from '../../KirinVideo/task/errors';
import { getTaskOnce } from '../../KirinVideo/task/getTask';
import { type Credential, KeptCredentials } from './keptCredentials';
import { FairLimiter } from './fairLimiter';
import type { Service } from './verify';

export const credentials = new KeptCredentials();

/**
 * Limits the status requests of all triggers in this process. Each costs n8n some 10 ms of CPU, so that
 * a few at once fill a core; 500 that wait hold a few MiB. They wait long: n8n starts the execution even
 * if the caller has given up meanwhile, but a call that is sent away may never come again.
 */
const limiter = new FairLimiter({ atOnce: 8, waiting: 500, maxWaitMs: 10_000 });

/** The service, reached with the credential of the trigger. */
export function serviceOf(functions: IWebhookFunctions): Service {
	return {
		async getWithFreshKey(id, timeoutMs) {
			if (!(await limiter.acquire(sourceOf(functions)))) return undefined;
			try {
				return await getTask(functions, id, timeoutMs);
			} finally {
				limiter.release();
			}
		},
		mayAskAgain,
		sleep: async (ms) => await systemClock.sleep(ms),
		now: () => Date.now(),
	};
}

/** Tasks that the service does not know are asked for again this often in a minute, for all triggers. */
const REPEATS_PER_MINUTE = 30;
const MINUTE_MS = 60_000;

let repeatsSince = 0;
let repeats = 0;

/** Strangers name tasks that nobody knows: each of their calls costs one status request, not two. */
function mayAskAgain(): boolean {
	const now = Date.now();
	if (now - repeatsSince >= MINUTE_MS) {
		repeatsSince = now;
		repeats = 0;
	}
	return ++repeats <= REPEATS_PER_MINUTE;
}

/** Who calls: n8n knows the caller behind proxies where N8N_PROXY_HOPS says how many there are. */
function sourceOf(functions: IWebhookFunctions): string {
	const { ip, socket } = functions.getRequestObject() as {
		ip?: string;
		socket?: { remoteAddress?: string };
	};
	return ip ?? socket?.remoteAddress ?? '';
}

async function getTask(
	functions: IWebhookFunctions,
	id: string,
	timeoutMs: number,
): Promise<Answer> {
	const credential = await credentials.of(functions);
	const answer = await getWith(credential, functions, id, timeoutMs);
	if (refusalKind(answer) !== 'key') return answer;
	const replacement = await credentials.replacement(functions, credential);
	return replacement ? await getWith(replacement, functions, id, timeoutMs) : answer;
}

async function getWith(
	credential: Credential,
	functions: IWebhookFunctions,
	id: string,
	timeoutMs: number,
): Promise<Answer> {
	const baseUrl = readBaseUrl(credential.baseUrl);
	if (baseUrl === undefined) throw credentialError(show(credential.baseUrl));
	return await getTaskOnce(
		connect(withCredential(functions, credential), baseUrl, {}, undefined),
		id,
		timeoutMs,
	);
}
