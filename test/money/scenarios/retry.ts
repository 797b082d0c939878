/** Retry in the list of executions: of failed, stopped and timed-out ones. */
import type { Fault } from '../../../sandbox';
import { itemsOf } from '../../e2e-server/executions';
import { NODE, type Case, type WorkflowOptions } from '../case';
import { answer, failing } from '../front';
import { DOWNLOADING, kindOf, kindsFor, type Kind } from '../kinds';
import type { Scenario } from '../scenario';

const VERSIONS = ['saved', 'original'] as const;
type Version = (typeof VERSIONS)[number];

/** Lets the first create of a prompt come to nothing, and the second to a video. */
function failOnce(scenario: Case, prompt: string, { waiting }: Kind): void {
	scenario.front.rules.push((call) => {
		if (call.kind !== 'create' || call.prompt !== prompt || call.times > 1) return undefined;
		// Where nobody waits for the task, only the service's refusal fails the item.
		if (waiting === 'none') return Promise.resolve(answer(402, NO_CREDIT));
		return call.forward({ body: failing(call.body) });
	});
}

/** Given up soon, where a file that is not there yet is waited for. */
const NO_FILE: Fault = { on: 'download', kind: 'empty' };

const NO_CREDIT = {
	status: { code: 402, message: 'Insufficient credits', error_code: 40201 },
	data: null,
};

/** The execution fails, Retry is pressed, and everything comes out. */
async function failAndRetry(
	scenario: Case,
	kind: Kind,
	{ prompts, version, adopted }: { prompts: string[]; version: Version; adopted: boolean[] },
	{ between, ...options }: WorkflowOptions & { between?: () => void } = {},
): Promise<void> {
	const id = await scenario.start(kind, prompts, options);
	const first = await scenario.ended(id);
	scenario.check(first.status === 'error', `the first execution ends as ${first.status}`);
	const creates = scenario.creates();
	between?.();
	const second = await scenario.retried(id, version);
	await scenario.judge(second, prompts, kind);
	scenario.checkAdopted(second, adopted);
	const anew = scenario.creates() - creates;
	const wanted = adopted.filter((isAdopted) => !isAdopted).length;
	scenario.check(anew === wanted, `Retry sends ${anew} creates, and not ${wanted}`);
}

function oneFailed(kind: Kind, version: Version): Scenario {
	return {
		name: `retry-one-failed/${kind.name}/${version}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(3);
			failOnce(scenario, prompts[1] ?? '', kind);
			const adopted = [true, false, true];
			await failAndRetry(scenario, kind, { prompts, version, adopted });
		},
	};
}

function downloadFailed(kind: Kind, version: Version): Scenario {
	return {
		name: `retry-download-failed/${kind.name}/${version}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(3);
			const [, second = ''] = prompts;
			scenario.sandbox.faults = [{ ...NO_FILE, promptIncludes: second }];
			const plan = { prompts, version, adopted: [true, true, true] };
			await failAndRetry(scenario, kind, plan, { between: () => (scenario.sandbox.faults = []) });
		},
	};
}

function pastDeadline(kind: Kind): Scenario {
	return {
		name: `retry-past-deadline/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			scenario.hold();
			const prompts = scenario.prompts(2);
			const waiting = { strategy: 'fixed', intervalSeconds: 1, maximumWaitMinutes: 0.1 };
			const plan = { prompts, version: 'saved' as const, adopted: [true, true] };
			await failAndRetry(scenario, kind, plan, {
				parameters: { waiting },
				between: () => scenario.release(),
			});
		},
	};
}

/** Two items that ask for the same: each has a video of its own, before and after. */
function samePrompt(kind: Kind): Scenario {
	return {
		name: `retry-same-prompt/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			const [prompt = ''] = scenario.prompts(1);
			scenario.want(prompt, 2);
			failOnce(scenario, prompt, kind);
			const id = await scenario.start(kind, [prompt, prompt]);
			await scenario.ended(id);
			await scenario.judge(await scenario.retried(id, 'saved'), [prompt, prompt], kind);
		},
	};
}

/** n8n gives the node its first item only; its download fails, and Retry fetches that one video. */
function executeOnce(kind: Kind): Scenario {
	return {
		name: `retry-with-execute-once/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(2);
			const [first = '', second = ''] = prompts;
			scenario.want(second, 0);
			scenario.sandbox.faults = [NO_FILE];
			const id = await scenario.start(kind, prompts, { node: { executeOnce: true } });
			await scenario.ended(id);
			scenario.sandbox.faults = [];
			const execution = await scenario.retried(id, 'saved');
			await scenario.judge(execution, [first], kind);
			scenario.checkAdopted(execution, [true]);
		},
	};
}

/** A loop asks for the same in each of its rounds; the second fails. */
function loop(kind: Kind): Scenario {
	return {
		name: `retry-in-a-loop/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			const [prompt = ''] = scenario.prompts(1);
			scenario.want(prompt, 3);
			scenario.front.rules.push((call) =>
				call.kind === 'create' && call.times === 2
					? call.forward({ body: failing(call.body) })
					: undefined,
			);
			const id = await scenario.start(kind, [prompt, prompt, prompt], {
				before: [
					{
						name: 'Loop',
						type: 'n8n-nodes-base.splitInBatches',
						typeVersion: 3,
						parameters: { batchSize: 1, options: {} },
					},
				],
				links: [
					{ from: 'Loop', output: 1, to: NODE },
					{ from: NODE, to: 'Loop' },
				],
			});
			await scenario.ended(id);
			const execution = await scenario.retried(id, 'saved');
			scenario.check(execution.status === 'success', `Retry ends as ${execution.status}`);
			const need = kind.waiting === 'none' ? 'task' : 'video';
			for (let run = 0; run < 3; run++) {
				await scenario.deliver(itemsOf(execution, NODE, { run }), [prompt], need);
			}
		},
	};
}

/** IDs of the user's that look like those that we might make of one another. */
function ownIds(kind: Kind, how: 'retry' | 'retry-on-fail'): Scenario {
	return {
		name: `own-ids-like-numbered-ones/${kind.name}/${how}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(3);
			const ids = ['teaser', 'teaser-2', 'teaser-3'];
			failOnce(scenario, prompts[0] ?? '', kind);
			const items = prompts.map((prompt, index) => ({ prompt, externalTaskId: ids[index] }));
			const onFail = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
			const id = await scenario.start(kind, items, {
				parameters: { options: { externalTaskId: '={{ $json.externalTaskId }}' } },
				...(how === 'retry-on-fail' && { node: onFail }),
			});
			const first = await scenario.ended(id);
			const last = how === 'retry' ? await scenario.retried(id, 'saved') : first;
			await scenario.judge(last, prompts, kind);
		},
	};
}

/** Where a new video is meant, there is a new one. */
const newExecution: Scenario = {
	name: 'a-new-execution-makes-a-new-video',
	phase: 'together',
	async act(scenario) {
		const kind = kindOf('poll');
		const [prompt = ''] = scenario.prompts(1);
		scenario.want(prompt, 2);
		const workflow = await scenario.workflow(kind);
		for (let times = 0; times < 2; times++) {
			const execution = await scenario.ended(await scenario.run(workflow, [prompt]));
			await scenario.judge(execution, [prompt], kind);
		}
	},
};

/** The key of another account finds none of the tasks: it must not pay for them again unasked. */
function otherAccount(kind: Kind): Scenario {
	return {
		name: `retry-with-another-account/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(2);
			for (const prompt of prompts) scenario.want(prompt, 1, 0);
			const other = await scenario.otherAccount('other-key');
			scenario.front.rules.push((call) =>
				call.key === other.apiKey ? call.forward({ apiUrl: other.apiUrl }) : undefined,
			);
			scenario.sandbox.faults = [NO_FILE];
			const id = await scenario.start(kind, prompts);
			await scenario.ended(id);
			scenario.sandbox.faults = [];
			const data = { apiKey: other.apiKey, baseUrl: scenario.front.apiUrl };
			const { id: credential = '' } = scenario.credentials.kirinVideoApi ?? {};
			await scenario.client.changeCredential(credential, 'kirinVideoApi', data);
			const { status, error } = await scenario.retried(id, 'saved');
			scenario.check(status === 'error', `Retry with another account's key ends as ${status}`);
			const text = `${error?.message} ${error?.description}`;
			scenario.check(/account|key/i.test(text), `the error does not name the case: ${text}`);
		},
	};
}

/** Stop is pressed while tasks render; then Retry, after they are done. */
function stopped(kind: Kind): Scenario {
	return {
		name: `retry-after-stop/${kind.name}`,
		phase: 'together',
		needsToken: true,
		async act(scenario) {
			scenario.hold();
			const prompts = scenario.prompts(2);
			const id = await scenario.start(kind, prompts);
			await underWay(scenario, id, kind, prompts);
			await scenario.client.stop(id);
			await scenario.ended(id);
			await retryInterrupted(scenario, id, prompts, kind);
		},
	};
}

/** n8n's own time-out for the workflow ends the execution while tasks render. */
function timedOut(kind: Kind): Scenario {
	return {
		name: `retry-after-time-out/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			scenario.hold();
			const prompts = scenario.prompts(2);
			const id = await scenario.start(kind, prompts, { settings: { executionTimeout: 20 } });
			await underWay(scenario, id, kind, prompts);
			await scenario.ended(id);
			if (scenario.stage.hasResumeToken) {
				return await retryInterrupted(scenario, id, prompts, kind);
			}
			// n8n 2.0 stores the execution when its time is up, without the node that was running.
			for (const prompt of prompts) scenario.want(prompt, 1, 0);
			const creates = scenario.creates();
			const execution = await scenario.retried(id, 'saved');
			const { status } = execution;
			scenario.check(status === 'success', `Retry ends as ${status}`);
			scenario.check(scenario.creates() === creates, 'Retry sends creates');
			scenario.check(itemsOf(execution, NODE).length === 0, 'Retry runs the node');
		},
	};
}

async function underWay(scenario: Case, id: string, kind: Kind, prompts: string[]) {
	if (kind.waiting === 'callback') return await scenario.waiting(id);
	const { ledger } = scenario;
	await scenario.until(
		() =>
			ledger.tasks.length >= prompts.length &&
			ledger.tasks.every((task) => ledger.polls(task.id).length > 0),
		'all tasks are polled',
	);
}

/** n8n leaves the error of Stop with an execution in which no node had ended, and lists its Retry as failed. */
const STOPPED = /cancelled manually/;

/**
 * n8n runs a node again that was polling: the videos come out. One that waited counts as done, so that
 * Retry goes on behind it: the tasks as they stood come out.
 */
async function retryInterrupted(scenario: Case, id: string, prompts: string[], kind: Kind) {
	scenario.release();
	const creates = scenario.creates();
	const execution = await scenario.retried(id, 'saved');
	const { status, error } = execution;
	const isFine = status === 'success' || STOPPED.test(error?.message ?? '');
	scenario.check(isFine, `Retry ends as ${status}: ${error?.message}`);
	scenario.check(scenario.creates() === creates, 'Retry sends creates');
	const need = kind.waiting === 'poll' ? 'video' : 'task';
	await scenario.deliver(itemsOf(execution, NODE), prompts, need);
	if (need === 'video') {
		scenario.checkAdopted(
			execution,
			prompts.map(() => true),
		);
	}
}

export const retries: Scenario[] = [
	...VERSIONS.flatMap((version) => kindsFor().map((kind) => oneFailed(kind, version))),
	...VERSIONS.flatMap((version) =>
		kindsFor(DOWNLOADING).map((kind) => downloadFailed(kind, version)),
	),
	...kindsFor(['poll']).map(pastDeadline),
	...kindsFor().map(samePrompt),
	...kindsFor(DOWNLOADING).map(executeOnce),
	...kindsFor(DOWNLOADING).map(loop),
	...kindsFor(DOWNLOADING).map((kind) => ownIds(kind, 'retry')),
	...kindsFor(DOWNLOADING).map((kind) => ownIds(kind, 'retry-on-fail')),
	newExecution,
	...kindsFor(DOWNLOADING).map(otherAccount),
	...kindsFor(DOWNLOADING).map(stopped),
	...kindsFor(['poll']).map(timedOut),
];
