/** The service itself, without HTTP: its tasks, its settings, and what it says to each request. */
import { createHash, randomUUID } from 'node:crypto';
import { html, json, type Answer } from './answer';
import { FaultChooser, type Fault, type FaultTarget, type Occasion } from './faults';
import { RecordingLedger } from './ledger';
import { readMarkers, type Wishes } from './markers';
import { priceOf } from './models';
import { fromMicroUsd, toMicroUsd } from './money';
import { Refusal } from './refusal';
import type { SandboxSettings } from './settings';
import { readSubmission, type Submission } from './submission';
import { makeTask, viewTask, type SandboxTask, type TaskView } from './task';
import { costIn, errorBody, taskBody } from './bodies';
import type { Variant } from './variant';
import { vendorTask } from './vendor-shape';

/** An ID in the right form that no task has. */
const NOBODYS_ID = 'd5u5obte8783ap44qtj0';

export class Service {
	readonly ledger: RecordingLedger;
	readonly chooser: FaultChooser;
	/** Where results lie; known when the files server listens. */
	filesUrl = '';
	/** Rises at each reset, so that what began before it can tell. */
	epoch = 0;
	onCreated: (task: SandboxTask) => void = () => {};

	private byId = new Map<string, SandboxTask>();
	/** By API key and external task ID. */
	private byExternalId = new Map<string, SandboxTask>();
	private firstDownloads = new Map<string, number>();
	private running = new Set<SandboxTask>();
	/** The wishes of prompts with fault markers: a repeated request goes on counting the same faults. */
	private wishesWithFaults = new Map<string, Wishes>();

	constructor(
		readonly apiKey: string,
		readonly settings: SandboxSettings,
		readonly now: () => number,
		seed: number,
	) {
		this.chooser = new FaultChooser(seed);
		this.ledger = new RecordingLedger(now);
	}

	/** Forgets all tasks, requests and counts of faults. */
	forget(): void {
		this.epoch += 1;
		this.ledger.clear();
		this.chooser.reset();
		this.byId.clear();
		this.byExternalId.clear();
		this.firstDownloads.clear();
		this.running.clear();
		this.wishesWithFaults.clear();
	}

	/** The API key in the header, which names the account. Throws a Refusal unless it is a known one. */
	authenticate(authorization: string | undefined): string {
		if (authorization === undefined) {
			throw new Refusal(401, 'UNAUTHORIZED', 'missing header Authorization: Bearer <API key>');
		}
		const key = this.keyIn(authorization);
		if (key === undefined) throw new Refusal(401, 'UNAUTHORIZED', 'invalid API key');
		return key;
	}

	/** The known API key in a header, if there is one. */
	keyIn(authorization: string | undefined): string | undefined {
		const keys = [this.apiKey, ...this.settings.otherKeys];
		return keys.find((key) => authorization === `Bearer ${key}`);
	}

	/**
	 * Checks the submission of an account and makes its task; with `keep` false it is not recorded, nor
	 * paid. Where the settings say so, gives the task that exists under the same external task ID.
	 */
	create(submission: Submission, apiKey: string, keep: boolean): SandboxTask {
		const { externalTaskId, prompt } = submission;
		const { settings } = this;
		const wishes = this.wishes({ prompt, externalTaskId });
		const namesake =
			externalTaskId === undefined ? undefined : this.findByExternalId(externalTaskId, apiKey);
		if (namesake && settings.enforceUniqueExternalIds) {
			const duplicate = wishes.duplicate ?? settings.duplicate ?? {};
			if (duplicate.existing) return namesake;
			const usual = `external_task_id ${externalTaskId} is already in use`;
			throw new Refusal(
				duplicate.status ?? 400,
				duplicate.code ?? 'DUPLICATE_EXTERNAL_TASK_ID',
				duplicate.message?.replaceAll('{id}', externalTaskId ?? '') ?? usual,
				undefined,
				duplicate.body,
			);
		}
		const variant = { ...settings.variant, ...wishes.variant };
		const task = makeTask(submission, wishes, settings, this.now(), apiKey, variant);
		if (settings.concurrencyLimit !== undefined) {
			this.dropDone();
			if (this.running.size >= settings.concurrencyLimit) {
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

	/** Reads the body of a create or precharge. Throws a Refusal that names what is wrong. */
	read(body: unknown, modelHeader: string | undefined): Submission {
		return readSubmission(body, modelHeader, this.settings);
	}

	/** Looks a task of an account up by task ID or external task ID, seen or not. */
	find(id: string, apiKey: string): SandboxTask | undefined {
		const task = this.byId.get(id);
		return task?.apiKey === apiKey ? task : this.findByExternalId(id, apiKey);
	}

	/** Looks a task up by task ID, whosesoever it is. */
	findById(id: string): SandboxTask | undefined {
		return this.byId.get(id);
	}

	private findByExternalId(id: string, apiKey: string): SandboxTask | undefined {
		return this.byExternalId.get(JSON.stringify([apiKey, id]));
	}

	/** Another task, or an ID that none has. */
	otherThan(task: SandboxTask): SandboxTask | string {
		return this.ledger.tasks.filter((other) => other !== task).pop() ?? NOBODYS_ID;
	}

	/** How long ago a result was asked for the first time, in ms. */
	sinceFirstDownload(path: string): number {
		const first = this.firstDownloads.get(path) ?? this.now();
		this.firstDownloads.set(path, first);
		return this.now() - first;
	}

	/** The answer that reports the task as it is now. */
	show(task: SandboxTask): Answer {
		return this.showAt(task, this.now());
	}

	/** The answer that reports the task as it was at a time on the sandbox's clock. */
	showAt(task: SandboxTask, at: number): Answer {
		const answer = json(200, taskBody(task, this.view(task, at), this.variantFor(task)));
		return task.numericId ? { ...answer, numericIds: [task.id] } : answer;
	}

	/** The body of a callback about the task as it is at a time on the sandbox's clock. */
	showCallback(task: SandboxTask, at: number): object {
		const view = this.view(task, at);
		const variant = this.variantFor(task);
		return variant.callbackShape === 'vendor'
			? vendorTask(task, view, task.vendorId)
			: taskBody(task, view, variant);
	}

	private view(task: SandboxTask, at: number): TaskView {
		const settings = { ...this.settings, variant: this.variantFor(task) };
		return viewTask(task, at, settings, this.filesUrl);
	}

	/** The settings' variant, and over it what the task's marker asks for. */
	variantFor(task: SandboxTask): Variant {
		return { ...this.settings.variant, ...task.wishes.variant };
	}

	/** The same, for a request about a task that need not be there. */
	variantAsked(of: { prompt?: string; externalTaskId?: string }): Variant {
		try {
			return { ...this.settings.variant, ...this.wishes(of).variant };
		} catch {
			return this.settings.variant;
		}
	}

	/** What get answers an account: the task as it was before the lag. */
	get(id: string, apiKey: string): Answer {
		const task = this.find(id, apiKey);
		if (task === undefined || this.now() < task.visibleAt) {
			throw new Refusal(404, 'TASK_NOT_FOUND', `no task with the ID ${id}`);
		}
		const lagMs = task.wishes.lagMs ?? this.settings.lagMs ?? 0;
		return this.showAt(task, Math.max(task.createdAt, this.now() - lagMs));
	}

	/** The price; kirin-endpoints.md 7 has the fields. */
	precharge(submission: Submission): Answer {
		const { model, params } = submission;
		if (this.wishes(submission).noPrice) {
			return json(200, { status: 'failed', data: { cost: null, reason: 'COST_CACHE_MISS' } });
		}
		const digits = createHash('sha256').update(JSON.stringify(params)).digest('hex');
		const data = {
			cost: costIn(this.variantAsked(submission), priceOf(model, params)),
			currency: 'USD',
			discount: model.discount,
			model: model.id,
			original_model: model.id,
			billing_model: model.id,
			sample_count: 4,
			updated_at: this.now(),
			hash: `v1:${digits}`,
		};
		return json(200, { status: 'success', data });
	}

	/** The HTTP error for a refusal, in the style that the variant asks for: the settings', unless told. */
	refuse = (refusal: Refusal, variant: Variant = this.settings.variant): Answer => {
		const body = errorBody(refusal, randomUUID(), variant);
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
		if (task.externalTaskId !== undefined) {
			this.byExternalId.set(JSON.stringify([task.apiKey, task.externalTaskId]), task);
		}
		this.running.add(task);
		this.onCreated(task);
	}

	private dropDone(): void {
		const now = this.now();
		for (const task of this.running) {
			if (now >= task.endsAt) this.running.delete(task);
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
