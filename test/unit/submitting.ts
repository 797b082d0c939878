import { buildRequest } from '../../nodes/KirinVideo/request/buildRequest';
import { ConcurrencyLimiter } from '../../nodes/KirinVideo/batch/limiter';
import { TaskMemory } from '../../nodes/KirinVideo/task/idempotency';
import { type Submitted, type SubmitOptions, submit } from '../../nodes/KirinVideo/task/submit';
import type { ApiCall } from '../../nodes/KirinVideo/api/client';
import type { Answer } from '../../nodes/KirinVideo/api/answer';
import { type ItemParameters, reading } from './item-parameters';
import { ScriptedApi } from './scripted-api';
import { START, VirtualClock } from './virtual-clock';

interface Scene {
	reply: (call: ApiCall) => Answer;
	item?: ItemParameters;
	/** Of an earlier try of the same run, or of the execution before. */
	memory?: TaskMemory;
	/** Further options of the submit. */
	also?: Partial<SubmitOptions>;
	maximumS?: number;
	/** Stop is pressed at this second. */
	stopAtS?: number;
}

/** The submit of one item, from the start of the clock. */
export function submitting({
	reply,
	item,
	memory = new TaskMemory(),
	also,
	maximumS = 1800,
	stopAtS,
}: Scene) {
	const clock = new VirtualClock();
	const stop = new AbortController();
	if (stopAtS !== undefined) clock.at(stopAtS * 1000, () => stop.abort());
	const api = new ScriptedApi(clock, reply, stop.signal);
	const told: string[] = [];
	const created: string[] = [];
	const options: Omit<SubmitOptions, 'onBusy'> = {
		api,
		clock,
		idempotencyKey: {
			batchKey: 'batch',
			nodeId: 'node',
			runIndex: 0,
			itemIndex: 0,
			videoIndex: 0,
		},
		memory,
		host: { hasAnswered: false },
		deadline: START + maximumS * 1000,
		signal: stop.signal,
		onSend: (externalTaskId) => told.push(externalTaskId),
		onCreate: (externalTaskId) => created.push(externalTaskId),
		...also,
	};
	const request = buildRequest(reading({ prompt: 'A kirin', ...item }));
	const { deadline, signal } = options;
	const run = async (): Promise<Submitted> =>
		await new ConcurrencyLimiter(clock).run(
			{ limit: 0, maximumMs: deadline - clock.now(), signal },
			async ({ onBusy }) => await submit(request, { ...options, onBusy }),
		);
	return { api, clock, stop, told, created, memory, run };
}
