/**
 * Time that jumps: as soon as nothing moves any more, on no socket and in no file, the clock goes to
 * the next appointment. An hour of silence takes milliseconds, and a slow machine changes nothing.
 *
 * It covers all that the node and n8n's HTTP layer count time with: the node's clock, time-outs of
 * sockets, timers of a second and more, and `AbortSignal.timeout`.
 */
import net from 'node:net';
import { limitClock } from '../../nodes/KirinVideo/api/deadline';
import { areBytesInFlight, isDecompressing, noteSocket, watchDecompression } from './in-flight';
import { Stopped, onStop, systemClock, throwIfStopped } from '../../nodes/KirinVideo/api/clock';

interface Appointment {
	at: number;
	act: () => void;
	/** Whether it outlives the case that has made it. */
	isKept: boolean;
}

/** Unless told, timers shorter than this stay real: they are nobody's patience. */
const SHORTEST_VIRTUAL_TIMER_MS = 1_000;

/** How long something may be waited for until it counts as not coming. */
const IN_VAIN_MS = 24 * 60 * 60_000;

/** Each tick is a jump: of an hour in steps of 100 ms nobody would see the end. */
const VIRTUAL_TICK_MS = 1_000;

/** So many turns of the event loop without a byte on any socket, or on its way to one, count as silence. */
const SILENT_TURNS = 8;

/** Requests to the operating system that are about to bring something. */
const BUSY_RESOURCES = /^(FS|FileHandle|GetAddrInfo|TCPConnect|PipeConnect|CloseReq)/;

/** What a virtual timer looks like to whoever set it. */
class VirtualTimer {
	constructor(readonly cancel: () => void) {}
	ref = () => this;
	unref = () => this;
	hasRef = () => false;
	refresh = () => this;
	[Symbol.toPrimitive] = () => 0;
}

export class VirtualTime {
	private time = Date.now();
	private readonly appointments = new Set<Appointment>();
	private moved = 0;
	private awaited = new Set<{ condition: () => boolean; resolve: () => void }>();

	now(): number {
		return this.time;
	}

	/** Does something in `ms` milliseconds; returns how to call it off. */
	after(ms: number, act: () => void, isKept = false): () => void {
		const appointment = { at: this.time + Math.ceil(Math.max(0, ms)), act, isKept };
		this.appointments.add(appointment);
		return () => void this.appointments.delete(appointment);
	}

	/** Something has moved on a socket. */
	noteMove(): void {
		this.moved++;
	}

	/**
	 * Lets time pass until `promise` settles.
	 *
	 * @param limitMs virtual milliseconds from now
	 * @param idleTurns how often, every 2 real ms, it is seen to do nothing with no time left to pass
	 * @returns false if it has not settled
	 */
	async passUntil(promise: Promise<unknown>, limitMs: number, idleTurns: number): Promise<boolean> {
		let isSettled = false;
		const settle = () => void (isSettled = true);
		promise.then(settle, settle);
		const settled = () => isSettled;
		const limit = this.time + limitMs;
		let idle = 0;
		while (!settled()) {
			await this.silence(settled);
			if (settled()) break;
			if (this.nextAt() > limit) {
				if (idle++ > idleTurns) return false;
				await new Promise((resolve) => realSetTimeout(resolve, 2));
				continue;
			}
			idle = 0;
			this.jump();
		}
		return true;
	}

	/** Lets time pass whenever nothing moves, until the returned function is called. */
	run(): () => Promise<void> {
		let isOver = false;
		const passing = (async () => {
			while (!isOver) {
				await this.silence(() => isOver);
				if (isOver) return;
				if (this.nextAt() < Infinity) this.jump();
				else await new Promise((resolve) => realSetTimeout(resolve, 2));
			}
		})();
		return async () => {
			isOver = true;
			await passing;
		};
	}

	/** Resolves when so many milliseconds have passed. Time has to run. */
	async pass(ms: number): Promise<void> {
		await new Promise<void>((resolve) => this.after(ms, resolve));
	}

	/** Resolves as soon as `condition` holds, before any more time passes. Time has to run. */
	async until(condition: () => boolean): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			const giveUp = this.after(IN_VAIN_MS, () => {
				this.awaited.delete(wait);
				reject(new Error('Waited in vain'));
			});
			const wait = {
				condition,
				resolve: () => {
					this.awaited.delete(wait);
					giveUp();
					resolve();
				},
			};
			this.awaited.add(wait);
		});
	}

	/** When the next appointment is; Infinity if there is none. */
	private nextAt(): number {
		let next = Infinity;
		for (const { at } of this.appointments) next = Math.min(next, at);
		return next;
	}

	private jump(): void {
		const next = this.nextAt();
		this.time = Math.max(this.time, next);
		const due = [...this.appointments].filter(({ at }) => at <= next);
		due.forEach((one) => this.appointments.delete(one));
		due.forEach(({ act }) => act());
	}

	/** Forgets every appointment: of a case that is over. */
	clear(): void {
		for (const one of this.appointments) if (!one.isKept) this.appointments.delete(one);
	}

	private async silence(isOver: () => boolean): Promise<void> {
		let calm = 0;
		let seen = this.moved;
		while (calm < SILENT_TURNS && !isOver()) {
			await new Promise((resolve) => setImmediate(resolve));
			const met = [...this.awaited].filter(({ condition }) => condition());
			met.forEach(({ resolve }) => resolve());
			if (this.moved === seen && met.length === 0 && !isBusy()) calm++;
			else calm = 0;
			seen = this.moved;
		}
	}
}

function isBusy(): boolean {
	if (isDecompressing() || areBytesInFlight()) return true;
	return process.getActiveResourcesInfo().some((name) => BUSY_RESOURCES.test(name));
}

const realSetTimeout = globalThis.setTimeout;

interface WithTimer {
	destroyed: boolean;
	timeout?: number;
	_onTimeout(): void;
	once(event: string, listener: () => void): unknown;
	removeListener(event: string, listener: () => void): unknown;
}

interface Watch {
	ms: number;
	lastAt: number;
	cancel: () => void;
}

/**
 * Puts the node and n8n's HTTP layer on virtual time; returns how to take that back.
 *
 * @param shortestTimerMs timers shorter than this stay real
 */
export function installVirtualTime(
	time: VirtualTime,
	shortestTimerMs = SHORTEST_VIRTUAL_TIMER_MS,
): () => void {
	const socket = net.Socket.prototype as unknown as Record<string, unknown>;
	const { setTimeout: socketTimeout, _unrefTimer: unrefTimer } = socket;
	const { setTimeout: globalTimeout, clearTimeout: globalClear } = globalThis;
	const clock = { ...systemClock };
	const limits = { ...limitClock };
	const abortTimeout = AbortSignal.timeout.bind(AbortSignal);
	const watches = new WeakMap<object, Watch>();
	const endOfWatch = watchDecompression();

	function watch(owner: WithTimer, ms: number): void {
		watches.get(owner)?.cancel();
		watches.delete(owner);
		if (ms <= 0) return;
		const entry: Watch = { ms, lastAt: time.now(), cancel: () => undefined };
		const wait = (left: number) => {
			entry.cancel = time.after(left, () => {
				if (owner.destroyed) return;
				const rest = entry.lastAt + entry.ms - time.now();
				if (rest > 0) return wait(rest);
				watches.delete(owner);
				owner._onTimeout();
			});
		};
		wait(ms);
		watches.set(owner, entry);
	}

	socket.setTimeout = function (this: WithTimer, ms: number, listener?: () => void) {
		if (this.destroyed) return this;
		this.timeout = ms;
		watch(this, ms);
		if (listener && ms > 0) this.once('timeout', listener);
		else if (listener) this.removeListener('timeout', listener);
		return this;
	};
	socket._unrefTimer = function (this: net.Socket) {
		time.noteMove();
		noteSocket(this);
		const entry = watches.get(this);
		if (entry) entry.lastAt = time.now();
	};
	const virtualTimeout = (act: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
		ms >= shortestTimerMs
			? new VirtualTimer(time.after(ms, () => act(...args)))
			: globalTimeout(act, ms, ...args);
	Object.assign(globalThis, {
		setTimeout: Object.assign(virtualTimeout, globalTimeout),
		clearTimeout: (timer: unknown) =>
			timer instanceof VirtualTimer ? timer.cancel() : globalClear(timer as NodeJS.Timeout),
	});
	AbortSignal.timeout = (ms) => {
		const controller = new AbortController();
		const reason = new DOMException('The operation timed out', 'TimeoutError');
		time.after(ms, () => controller.abort(reason));
		return controller.signal;
	};
	Object.assign(limitClock, {
		now: () => time.now(),
		sleep: async (ms: number) =>
			// One timer serves all limits, those of the next case among them.
			await new Promise<void>((resolve) => time.after(ms, resolve, true)),
		tickMs: VIRTUAL_TICK_MS,
	});
	systemClock.now = () => time.now();
	systemClock.sleep = async (ms, signal) => {
		throwIfStopped(signal);
		await new Promise<void>((resolve, reject) => {
			const cancel = time.after(ms, () => {
				forget();
				resolve();
			});
			const forget = onStop(signal, () => {
				cancel();
				reject(new Stopped());
			});
		});
	};

	return () => {
		endOfWatch();
		Object.assign(socket, { setTimeout: socketTimeout, _unrefTimer: unrefTimer });
		Object.assign(globalThis, { setTimeout: globalTimeout, clearTimeout: globalClear });
		AbortSignal.timeout = abortTimeout;
		Object.assign(systemClock, clock);
		Object.assign(limitClock, limits);
	};
}
