/** The service itself, without HTTP: its tasks, its settings, and what it says to each request. */
import { randomUUID } from 'node:crypto';
import { html, json, type Answer } from './answer';
import { FaultChooser, type Fault, type FaultTarget, type Occasion } from './faults';
import { RecordingLedger } from './ledger';
import { readMarkers, type Wishes } from './markers';
import { MODELS, priceOf } from './models';
import { fromMicroUsd, toMicroUsd } from './money';
import { badParameter, Refusal } from './refusal';
import type { SandboxSettings } from './settings';
import { readSubmission } from './submission';
import { makeTask, viewTask, type SandboxTask } from './task';
import { errorBody, taskBody } from './variant';

const MOST_HITS = 50;
const USUAL_HITS = 10;

export class Service {
	readonly ledger = new RecordingLedger();
	readonly chooser: FaultChooser;
	/** Where results lie; known when the files server listens. */
	filesUrl = '';
	/** Rises at each reset, so that what began before it can tell. */
	epoch = 0;
	onCreated: (task: SandboxTask) => void = () => {};

	private byId = new Map<string, SandboxTask>();
	private byExternalId = new Map<string, SandboxTask>();
	private unsettled = new Set<SandboxTask>();
	/** The wishes of prompts with fault markers: a repeated request goes on counting the same faults. */
	private wishesWithFaults = new Map<string, Wishes>();

	constructor(
		readonly apiKey: string,
		readonly settings: SandboxSettings,
		readonly now: () => number,
		seed: number,
	) {
		this.chooser = new FaultChooser(seed);
	}

	/** Forgets all tasks, requests and counts of faults. */
	forget(): void {
		this.epoch += 1;
		this.ledger.clear();
		this.chooser.reset();
		this.byId.clear();
		this.byExternalId.clear();
		this.unsettled.clear();
		this.wishesWithFaults.clear();
	}

	/** Throws a Refusal unless the header holds the key. */
	authenticate(authorization: string | undefined): void {
		if (authorization === undefined) {
			throw new Refusal(401, 'UNAUTHORIZED', 'missing header Authorization: Bearer <API key>');
		}
		if (authorization !== `Bearer ${this.apiKey}`) {
			throw new Refusal(401, 'UNAUTHORIZED', 'invalid API key');
		}
	}

	/** Checks a submission and makes its task; with `keep` false it is not recorded, nor paid. */
	create(body: unknown, keep: boolean): SandboxTask {
		const submission = readSubmission(body, this.settings.otherModels);
		const { externalTaskId, prompt } = submission;
		const { settings } = this;
		const duplicate = externalTaskId !== undefined && this.byExternalId.has(externalTaskId);
		if (duplicate && settings.enforceUniqueExternalIds) {
			const message = `external_task_id ${externalTaskId} is already in use`;
			throw new Refusal(400, 'DUPLICATE_EXTERNAL_TASK_ID', message);
		}
		const wishes = this.wishes({ prompt, externalTaskId });
		const task = makeTask(submission, wishes, settings, this.now());
		if (settings.concurrencyLimit !== undefined) {
			this.dropSettled();
			if (this.unsettled.size >= settings.concurrencyLimit) {
				const message = `${settings.concurrencyLimit} tasks are in progress, which is the limit`;
				throw new Refusal(429, 'CONCURRENCY_LIMIT', message);
			}
		}
		const left = this.creditAfter(task);
		if (keep) {
			if (left !== undefined) settings.credit = left;
			this.record(task);
		}
		return task;
	}

	/** Looks a task up by task ID or external task ID, seen or not. */
	find(id: string): SandboxTask | undefined {
		return this.byId.get(id) ?? this.byExternalId.get(id);
	}

	/** As the service reports the task now. */
	show(task: SandboxTask): object {
		return this.showAt(task, this.now());
	}

	/** As the service reports the task at a time on its clock. */
	showAt(task: SandboxTask, at: number): object {
		return taskBody(task, viewTask(task, at, this.settings, this.filesUrl), this.settings.variant);
	}

	get(id: string): Answer {
		const task = this.find(id);
		if (task === undefined || this.now() < task.visibleAt) {
			throw new Refusal(404, 'TASK_NOT_FOUND', `no task with the ID ${id}`);
		}
		return json(200, this.show(task));
	}

	precharge(body: unknown): Answer {
		const submission = readSubmission(body, this.settings.otherModels);
		const { model, params } = submission;
		if (this.wishes(submission).noPrice) {
			return json(200, { status: 'failed', data: { cost: null, reason: 'COST_CACHE_MISS' } });
		}
		const data = { cost: priceOf(model, params), currency: 'USD', discount: model.discount };
		return json(200, { status: 'success', data });
	}

	search(query: URLSearchParams): Answer {
		const words = (query.get('q') ?? '').toLowerCase().split(/\s+/);
		const limit = Number(query.get('limit') ?? USUAL_HITS);
		if (!Number.isInteger(limit) || limit < 1 || limit > MOST_HITS) {
			throw badParameter('limit', `must be a whole number from 1 to ${MOST_HITS}`);
		}
		const hits = MODELS.filter(({ id, title }) =>
			words.every((word) => `${id} ${title}`.toLowerCase().includes(word)),
		).map(({ id, title, type, params }) => ({
			model_id: id,
			name: title,
			type,
			params: ['prompt', ...Object.keys(params)],
		}));
		return json(200, { hits: hits.slice(0, limit) });
	}

	/** The HTTP error for a refusal, in the style that the variant asks for. */
	refuse = (refusal: Refusal): Answer => {
		const body = errorBody(refusal, randomUUID(), this.settings.variant);
		return typeof body === 'string'
			? html(refusal.status, body)
			: json(refusal.status, body as object);
	};

	/** The fault that strikes now, a prompt's own markers before the settings' rules. */
	fault(on: FaultTarget, occasion: Omit<Occasion, 'on'>, task?: SandboxTask): Fault | undefined {
		const whole: Occasion = {
			on,
			...occasion,
			...(task ? { taskId: task.id, prompt: task.prompt } : {}),
			...(task?.externalTaskId !== undefined ? { externalTaskId: task.externalTaskId } : {}),
		};
		const marked = task ? task.wishes.faults : this.markedFaults(whole);
		return this.chooser.choose([...marked, ...this.settings.faults], whole);
	}

	/** A misspelt marker is refused with the request itself, not while looking for faults. */
	private markedFaults(occasion: Occasion): Fault[] {
		try {
			return this.wishes(occasion).faults;
		} catch {
			return [];
		}
	}

	private wishes(of: { prompt?: string; externalTaskId?: string }): Wishes {
		const text = `${this.settings.markers} ${of.prompt ?? ''}`;
		const key = JSON.stringify([of.externalTaskId, text]);
		const known = this.wishesWithFaults.get(key);
		if (known) return known;
		const wishes = readMarkers(text);
		if (wishes.faults.length > 0) this.wishesWithFaults.set(key, wishes);
		return wishes;
	}

	private record(task: SandboxTask): void {
		this.ledger.tasks.push(task);
		this.byId.set(task.id, task);
		if (task.externalTaskId !== undefined) this.byExternalId.set(task.externalTaskId, task);
		this.unsettled.add(task);
		this.onCreated(task);
	}

	private dropSettled(): void {
		const now = this.now();
		for (const task of this.unsettled) {
			if (now >= task.settlesAt) this.unsettled.delete(task);
		}
	}

	/** The credit that is left when the task is paid; throws a Refusal when it does not suffice. */
	private creditAfter(task: SandboxTask): string | undefined {
		if (this.settings.credit === undefined) return undefined;
		const credit = toMicroUsd(this.settings.credit);
		const price = toMicroUsd(task.cost);
		if (credit < price) {
			// kirin-api.md: not enough credit is status 402 with error_code 40201
			throw new Refusal(402, 'INSUFFICIENT_CREDITS', 'Insufficient credits', 40201);
		}
		return fromMicroUsd(task.outcome === 'completed' ? credit - price : credit);
	}
}
