/** Callbacks: one POST per status of a task that has a callback URL. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ClientRequest } from 'node:http';
import { jsonText, withId, withoutId } from './answer';
import { describeFault, type Fault } from './faults';
import type { Service } from './service';
import { QUEUED_SHARE, type SandboxTask } from './task';

/** A clock that was moved is noticed after this time at the latest. */
const LONGEST_NAP_MS = 1000;
const RECEIVER_TIMEOUT_MS = 10_000;
const USUAL_DELAY_MS = 1000;

export class CallbackSender {
	private timers = new Set<NodeJS.Timeout>();
	private underWay = new Set<ClientRequest>();

	constructor(private readonly service: Service) {}

	/** Sees to all callbacks of a new task. */
	follow(task: SandboxTask): void {
		if (task.callbackUrl === undefined) return;
		const changes = [task.createdAt, task.endsAt].filter(Number.isFinite);
		if (this.service.variantFor(task).statusWords?.queued !== undefined && changes.length > 1) {
			const queuedMs = (task.endsAt - task.createdAt) * QUEUED_SHARE;
			changes.splice(1, 0, task.createdAt + queuedMs);
		}
		for (const at of changes) this.when(at, () => this.notify(task));
	}

	/** Drops what is planned and what is under way. */
	stop(): void {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
		for (const request of this.underWay) request.destroy();
		this.underWay.clear();
	}

	private when(at: number, act: () => void): void {
		const left = at - this.service.now();
		const timer = setTimeout(
			() => {
				this.timers.delete(timer);
				if (this.service.now() >= at) act();
				else this.when(at, act);
			},
			Math.min(Math.max(left, 0), LONGEST_NAP_MS),
		);
		this.timers.add(timer);
	}

	private notify(task: SandboxTask): void {
		const fault = this.service.fault('callback', {}, task);
		const shownAt =
			fault?.kind === 'early' && Number.isFinite(task.endsAt) ? task.endsAt : this.service.now();
		const body = this.bodyOf(task, shownAt, fault);
		if (fault?.kind === 'slow') {
			const at = this.service.now() + (fault.delayMs ?? USUAL_DELAY_MS);
			this.when(at, () => this.post(task, body, fault));
			return;
		}
		this.post(task, body, fault);
		if (fault?.kind === 'repeat') this.post(task, body, fault);
	}

	private bodyOf(task: SandboxTask, at: number, fault: Fault | undefined): object {
		const body = this.service.showCallback(task, at);
		if (fault?.kind !== 'other-id' && fault?.kind !== 'other-task') return body;
		const other = this.service.otherThan(task);
		if (fault.kind === 'other-task' && typeof other !== 'string') {
			return this.service.showCallback(other, at);
		}
		return withId(body, task.id, typeof other === 'string' ? other : other.id);
	}

	private post(task: SandboxTask, body: object, fault: Fault | undefined): void {
		const { ledger, now } = this.service;
		const url = new URL(task.callbackUrl ?? '');
		const { text, type } = payload(body, fault, task.numericId ? [task.id] : []);
		const headers = {
			host: url.host,
			'content-type': type,
			'content-length': String(Buffer.byteLength(text ?? '')),
			connection: 'close',
		};
		const record = ledger.record({
			at: now(),
			kind: 'callback',
			server: 'api',
			method: 'POST',
			path: url.href,
			headers,
			body: text === jsonText(body) ? body : text,
			...(fault ? { fault: describeFault(fault) } : {}),
		});
		ledger.assign(record, task.id);
		if (text === undefined) return;
		const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
			method: 'POST',
			headers,
			agent: false,
			timeout: RECEIVER_TIMEOUT_MS,
		});
		this.underWay.add(request);
		request.on('response', (response) => {
			if (response.statusCode !== undefined) record.status = response.statusCode;
			record.answeredAfterMs = now() - record.at;
			response.resume();
		});
		request.on('timeout', () => request.destroy());
		// A receiver that cannot be reached is its own loss: the service does not try again.
		request.on('error', () => {});
		request.on('close', () => this.underWay.delete(request));
		request.end(text);
	}
}

/** What is posted; no text when the fault keeps the callback from being sent. */
function payload(
	body: object,
	fault: Fault | undefined,
	numericIds: string[],
): { text?: string; type: string } {
	const type = 'application/json';
	switch (fault?.kind) {
		case undefined:
		case 'slow':
		case 'repeat':
		case 'early':
		case 'other-id':
		case 'other-task':
			return { text: jsonText(body, numericIds), type };
		case 'no-id':
			return { text: JSON.stringify(withoutId(body)), type };
		case 'empty':
			return { text: '', type };
		case 'html':
			return { text: '<!doctype html><p>a page</p>', type: 'text/html' };
		case 'wrong-type':
			return { text: jsonText(body, numericIds), type: 'text/html' };
		case 'truncate':
			return { text: jsonText(body, numericIds).slice(0, 20), type };
		default:
			return { type };
	}
}
