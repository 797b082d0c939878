import type { IDataObject } from 'n8n-workflow';
import { throwIfStopped } from '../../nodes/KirinVideo/api/clock';
import type { Api, ApiCall } from '../../nodes/KirinVideo/api/client';
import type { Answer, Response, NoAnswer } from '../../nodes/KirinVideo/api/answer';
import type { VirtualClock } from './virtual-clock';

export interface RecordedCall extends ApiCall {
	/** Milliseconds since the test began. */
	at: number;
}

/** An API that says what the test tells it to, and remembers what it was asked. */
export class ScriptedApi implements Api {
	readonly calls: RecordedCall[] = [];

	constructor(
		private readonly clock: VirtualClock,
		private readonly reply: (call: ApiCall) => Answer,
		private readonly signal?: AbortSignal,
	) {}

	async call(call: ApiCall): Promise<Answer> {
		throwIfStopped(this.signal);
		this.calls.push({ ...call, at: this.clock.elapsed() });
		return await Promise.resolve(this.reply(call));
	}

	/** When it was asked, in seconds since the test began. */
	times(): number[] {
		return this.calls.map(({ at }) => at / 1000);
	}

	/** `POST` and `GET`, in the order they came. */
	methods(): string[] {
		return this.calls.map(({ method }) => method);
	}

	/** The external task IDs that were sent with creates. */
	sentIds(): unknown[] {
		return this.calls.flatMap(({ body }) => (body ? [externalIdIn(body)] : []));
	}
}

export function externalIdIn(body: IDataObject): unknown {
	const [input] = body.input as Array<{ params: IDataObject }>;
	return input?.params.external_task_id;
}

/** One answer after the other, and the last one for ever. */
export function inOrder(...answers: [Answer, ...Answer[]]): () => Answer {
	let next = 0;
	return () => answers[Math.min(next++, answers.length - 1)] ?? answers[0];
}

/** Creates and looks answered from a list of their own each. */
export function byMethod(creates: () => Answer, looks: () => Answer): (call: ApiCall) => Answer {
	return ({ method }) => (method === 'POST' ? creates() : looks());
}

export function answer(
	status: number,
	body?: unknown,
	headers: Record<string, string> = {},
): Response {
	return { kind: 'response', status, headers, body };
}

export function silent(rest: Partial<NoAnswer> = {}): NoAnswer {
	return {
		kind: 'noAnswer',
		reason: 'no answer came in time',
		maybeSent: true,
		permanent: false,
		...rest,
	};
}

/** A host that refuses the connection. */
export const unreachable = silent({ reason: 'the connection was refused', maybeSent: false });

export const TASK_ID = 'd5u5obte8783ap44qtj0';
export const TURBO = 'kirin_v2_5_turbo_t2v';
export const MASTER = 'kirin_v2_master_t2v';

/** The body of a task, as the reference shows it. */
export function taskBody(rest: IDataObject = {}): IDataObject {
	return { id: TASK_ID, created_at: 1769757744021, status: 'in_progress', model: TURBO, ...rest };
}

export const running = answer(200, taskBody());
export const completed = answer(
	200,
	taskBody({
		status: 'completed',
		output: [{ content: [{ type: 'video', url: 'https://files.example/x.mp4' }] }],
		usage: { cost: '0.35', discount: 0.7 },
	}),
);
export const failed = answer(
	200,
	taskBody({
		status: 'failed',
		error: { code: '002011095', error_message: 'The generation broke off' },
	}),
);
export const notFound = answer(404, { error: { code: 'NOT_FOUND', message: 'no such task' } });
