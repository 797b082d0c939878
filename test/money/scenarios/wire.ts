/** What happens on the line and in answers, and must neither be paid for twice nor be told wrongly. */
import type { Case } from '../case';
import { answer, failing, type Break, type Reply } from '../front';
import { DOWNLOADING, kindsFor, type Kind } from '../kinds';
import type { Scenario } from '../scenario';

const ON_FAIL = { retryOnFail: true, maxTries: 5, waitBetweenTries: 100 };

async function allComeOut(scenario: Case, kind: Kind, prompts: string[], node?: object) {
	const id = await scenario.start(kind, prompts, { node });
	const execution = await scenario.ended(id);
	await scenario.judge(execution, prompts, kind);
	const told = JSON.stringify(execution);
	scenario.check(
		scenario.ledger.tasks.length === 0 || !/No task was created|nothing is billed/.test(told),
		'it says that no task was created, while one is',
	);
}

/** A front that forwards every create and then breaks, each item's in another way. */
function tlsFront(kind: Kind): Scenario {
	const breaks: Break[] = ['tls', 'reset', 'close'];
	return {
		name: `front-breaks-after-forwarding/${kind.name}`,
		phase: 'together',
		options: { tls: true },
		async act(scenario) {
			const prompts = scenario.prompts(breaks.length);
			scenario.front.rules.push((call) => {
				const index = prompts.indexOf(call.prompt);
				if (call.kind !== 'create' || index < 0) return undefined;
				return call.forward().then(() => breaks[index] ?? 'reset');
			});
			await allComeOut(scenario, kind, prompts);
		},
	};
}

/** The host becomes unreachable on a connection that is open, after the front has forwarded the create. */
function unreachable(kind: Kind): Scenario {
	return {
		name: `host-unreachable-after-forwarding/${kind.name}`,
		phase: 'together',
		options: { unreachable: true },
		async act(scenario) {
			const prompts = scenario.prompts(2);
			scenario.front.rules.push((call) =>
				call.kind === 'create' && call.times === 1
					? call.forward().then(() => 'reset' as const)
					: undefined,
			);
			await allComeOut(scenario, kind, prompts);
		},
	};
}

/** Completed tasks carry an error object in which nothing stands. */
function emptyError(kind: Kind): Scenario {
	return {
		name: `completed-with-an-empty-error/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(2);
			scenario.front.rules.push((call) =>
				call.kind === 'other' ? undefined : call.forward().then(withEmptyError),
			);
			await allComeOut(scenario, kind, prompts, ON_FAIL);
		},
	};
}

function withEmptyError(reply: Reply): Reply {
	const task = JSON.parse(reply.body) as { status?: unknown };
	if (task.status !== 'completed') return reply;
	return answer(reply.status, { ...task, error: { code: 0, message: '' } });
}

const ALREADY_IN_USE = { message: '该外部任务编号已存在' };

/** The refusal of a duplicate, in words that nobody here knows. */
function inOtherWords(reply: Reply): Reply {
	return reply.body.includes('DUPLICATE') ? answer(reply.status, ALREADY_IN_USE) : reply;
}

/** The answer gets lost, the task is not to be seen for a while, and the second create is refused. */
function unknownRefusal(kind: Kind): Scenario {
	return {
		name: `duplicate-refused-in-unknown-words/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(2);
			let isSeen = false;
			scenario.front.rules.push((call) => {
				if (call.kind === 'get' && !isSeen)
					return Promise.resolve(answer(404, { message: 'no such task' }));
				if (call.kind !== 'create') return undefined;
				if (call.times === 1) return call.forward().then(() => 'reset' as const);
				isSeen = true;
				return call.forward().then(inOtherWords);
			});
			await allComeOut(scenario, kind, prompts);
		},
	};
}

/** An own ID that an earlier execution has used: what is there is taken. */
function ownIdAgain(kind: Kind): Scenario {
	return {
		name: `own-id-again-refused-in-unknown-words/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(1);
			scenario.front.rules.push((call) =>
				call.kind === 'create' ? call.forward().then(inOtherWords) : undefined,
			);
			const workflow = await scenario.workflow(kind, {
				parameters: { options: { externalTaskId: 'order-9' } },
			});
			for (let times = 0; times < 2; times++) {
				const execution = await scenario.ended(await scenario.run(workflow, prompts));
				await scenario.judge(execution, prompts, kind);
			}
		},
	};
}

/** An own ID whose task has failed: what is there is looked up, and what comes after it is found again. */
function ownIdFailed(kind: Kind): Scenario {
	return {
		name: `own-id-whose-task-has-failed/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(1);
			scenario.front.rules.push((call) =>
				call.kind === 'create' && call.times === 1
					? call.forward({ body: failing(call.body) })
					: undefined,
			);
			const workflow = await scenario.workflow(kind, {
				parameters: { options: { externalTaskId: 'order-10' } },
			});
			const failed = await scenario.ended(await scenario.run(workflow, prompts));
			scenario.check(failed.status === 'error', `the first execution ends as ${failed.status}`);
			for (const isAdopted of [false, true]) {
				const execution = await scenario.ended(await scenario.run(workflow, prompts));
				await scenario.judge(execution, prompts, kind);
				scenario.checkAdopted(execution, [isAdopted]);
			}
		},
	};
}

export const wire: Scenario[] = [
	...kindsFor().map(tlsFront),
	...kindsFor(['poll']).map(unreachable),
	...kindsFor(DOWNLOADING).map(emptyError),
	...kindsFor().map(unknownRefusal),
	...kindsFor().map(ownIdAgain),
	...kindsFor(DOWNLOADING).map(ownIdFailed),
];
