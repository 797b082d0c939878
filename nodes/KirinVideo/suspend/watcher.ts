import type { IAllExecuteFunctions, IHttpRequestOptions, Logger } from 'n8n-workflow';
import { type ConnectionOptions, connect, connectionOptions } from '../api/client';
import { type Clock, onStop, systemClock } from '../api/clock';
import { refusalKind } from '../api/answer';
import { getTaskOnce, taskOf } from '../task/getTask';
import { isDone } from '../task/task';

/**
 * Makes up for lost callbacks: those that come before n8n has stored the wait (n8n answers them with 409),
 * and those that never arrive. Now and then it gets one task of each wait. If the task is done, it calls
 * the execution's own resume URL, as the callback should have done. It is best effort, because n8n has no
 * timer that outlives a process: after a restart the maximum wait ends the wait.
 */
export class Watcher {
	private readonly waits = new Map<string, Watch>();
	/** Sends requests by n8n's own settings (proxies, protected networks). */
	private send?: HttpRequest;
	private isTicking = false;

	constructor(private readonly clock: Clock) {}

	/**
	 * Begins to watch a wait; one that is watched already is checked soon.
	 *
	 * @param functions of the node. The watcher keeps the helper of the last call only, because each of
	 *   them holds on to the data of its execution
	 */
	watch(wait: WatchedWait, functions: Functions, signal?: AbortSignal): void {
		const dueAt = this.clock.now() + FIRST_DELAY_MS;
		const known = this.waits.get(wait.name);
		if (known) known.dueAt = Math.min(known.dueAt, dueAt);
		else this.begin(wait, functions, dueAt, signal);
	}

	/** Watches a wait from now on that another process has begun, or this one before a restart. */
	takeOver(wait: WatchedWait, functions: Functions): void {
		if (this.waits.has(wait.name)) return;
		this.begin(wait, functions, this.clock.now() + MINUTE_MS);
	}

	private begin(
		wait: WatchedWait,
		{ helpers, logger }: Functions,
		dueAt: number,
		signal?: AbortSignal,
	): void {
		if (this.waits.size >= MAX_WATCHED) return;
		this.send = async (options) => (await helpers.httpRequest(options)) as unknown;
		const watch: Watch = {
			...wait,
			logger,
			begunAt: this.clock.now(),
			dueAt,
			attempts: 0,
			refusals: 0,
			isBusy: false,
		};
		this.waits.set(wait.name, watch);
		onStop(signal, () => this.end(wait.name));
		if (!this.isTicking) void this.tick();
	}

	/** The wait is over. */
	end(name: string): void {
		this.waits.delete(name);
		if (this.waits.size === 0) this.send = undefined;
	}

	/** Ends all watches. */
	endAll(): void {
		[...this.waits.keys()].forEach((name) => this.end(name));
	}

	/** One timer for all waits, which is gone soon after the last of them. */
	private async tick(): Promise<void> {
		this.isTicking = true;
		while (this.waits.size > 0) {
			await this.clock.sleep(TICK_MS);
			const now = this.clock.now();
			for (const watch of [...this.waits.values()]) {
				if (watch.until <= now) this.end(watch.name);
				else if (watch.dueAt <= now && !watch.isBusy) void this.visit(watch);
			}
		}
		this.isTicking = false;
	}

	private async visit(watch: Watch): Promise<void> {
		watch.isBusy = true;
		const outcome = await this.callIfDone(watch).catch(() => 'later' as const);
		watch.isBusy = false;
		const now = this.clock.now();
		if (outcome === 'over') this.end(watch.name);
		else if (outcome === 'soon') watch.dueAt = now + STORING_DELAY_MS;
		else watch.dueAt = now + delayMs(watch.attempts++);
	}

	/** @returns when to come back */
	private async callIfDone(watch: Watch): Promise<'over' | 'soon' | 'later'> {
		const { send, clock } = this;
		if (!send || !(await isOneDone(watch, send, clock))) return 'later';
		// The call names no task, so that all of them are checked.
		const answer = await callResumeUrl(watch, send);
		if (answer === undefined) {
			if (!watch.isNoAnswerLogged) {
				watch.logger.warn(
					'Kirin Video: n8n cannot call its own resume URL, so an execution whose callback is lost waits until its maximum wait is over',
				);
			}
			watch.isNoAnswerLogged = true;
			return 'later';
		}
		const mayBeStoring = clock.now() < watch.begunAt + STORING_MS;
		if (answer === CONFLICT) return mayBeStoring ? 'soon' : 'over';
		watch.refusals = REFUSALS.includes(answer) ? watch.refusals + 1 : 0;
		return watch.refusals < MAX_REFUSALS ? 'later' : 'over';
	}
}

/** The watcher of this process. */
export const watcher = new Watcher(systemClock);

/** What the watcher keeps of a wait: no items and nothing of the execution. */
export interface WatchedWait {
	/** See `waitName`. */
	name: string;
	/** That of the execution. */
	resumeUrl: string;
	/** The IDs to get its tasks by. */
	ids: string[];
	/** When the wait ends by itself, in milliseconds since the epoch. */
	until: number;
	/** As the credential has them. */
	apiKey: unknown;
	baseUrl: string;
	connection: ConnectionOptions;
}

interface Watch extends WatchedWait {
	logger: Logger;
	/** Milliseconds since the epoch. */
	begunAt: number;
	dueAt: number;
	/** How often it was checked in vain. */
	attempts: number;
	isBusy: boolean;
	/** Answers in a row that say that there is no such wait. */
	refusals: number;
	isNoAnswerLogged?: boolean;
}

type Functions = Pick<IAllExecuteFunctions, 'helpers' | 'logger'>;
type HttpRequest = (options: IHttpRequestOptions) => Promise<unknown>;

/** How many waits are watched at once; further ones rely on their callbacks. */
const MAX_WATCHED = 1_000;

const TICK_MS = 1_000;

/** By then n8n has stored most waits, and the callbacks that came before are lost. */
const FIRST_DELAY_MS = 2_000;

/** As long as n8n may take to store a wait, with a large execution on a busy machine; it answers 409 meanwhile. */
const STORING_MS = 60_000;
const STORING_DELAY_MS = 5_000;

const MINUTE_MS = 60_000;
const MAX_DELAY_MS = 5 * MINUTE_MS;

/** 1, 2, 4, 5, 5 … minutes. */
function delayMs(rounds: number): number {
	return Math.min(MAX_DELAY_MS, MINUTE_MS * 2 ** Math.min(rounds, 3));
}

const CALL_TIMEOUT_MS = 30_000;
const CONFLICT = 409;

/** The execution is gone, or its token is another. A proxy may say so while n8n restarts, so not at once. */
const REFUSALS = [401, 403, 404, 410];
const MAX_REFUSALS = 3;

/**
 * Gets one task, any of them. While one is under way, its callback is still to come and will find the
 * others; when all have ended unnoticed, any of them tells.
 *
 * @returns true also for a key that is not accepted any more: the node can say so, the watcher cannot
 */
async function isOneDone(watch: Watch, send: HttpRequest, clock: Clock): Promise<boolean> {
	const { ids, apiKey, baseUrl, connection } = watch;
	const id = ids[Math.floor(clock.random() * ids.length)] ?? '';
	const api = connect(withKey(String(apiKey), send), baseUrl, connection, undefined);
	const answer = await getTaskOnce(api, id, CALL_TIMEOUT_MS, { taskId: id });
	const task = taskOf(answer);
	return task ? isDone(task) : refusalKind(answer) === 'key';
}

/** Sends as n8n does for the credential, which is not read again. */
function withKey(apiKey: string, send: HttpRequest): IAllExecuteFunctions {
	const httpRequestWithAuthentication = async (_type: string, options: IHttpRequestOptions) =>
		await send({
			...options,
			headers: { ...options.headers, Authorization: `Bearer ${apiKey.trim()}` },
		});
	const getCredentials = async () => await Promise.resolve({ apiKey });
	return {
		helpers: { httpRequestWithAuthentication },
		getCredentials,
	} as unknown as IAllExecuteFunctions;
}

/** @returns the status of the answer; undefined when there was none */
async function callResumeUrl(watch: Watch, send: HttpRequest): Promise<number | undefined> {
	try {
		const { statusCode } = (await send({
			...connectionOptions({
				skipSslCertificateValidation: watch.connection.skipSslCertificateValidation,
			}),
			method: 'POST',
			url: watch.resumeUrl,
			body: {},
			json: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: CALL_TIMEOUT_MS,
		})) as { statusCode: number };
		return statusCode;
	} catch {
		return undefined;
	}
}
