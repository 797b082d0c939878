/** Executions that wait for callbacks, where those come too early, never, or from strangers. */
import { itemsOf } from '../../e2e-server/executions';
import { NODE, PATIENT, type Case } from '../case';
import { answer, type Reply } from '../front';
import { kindsFor, type Kind } from '../kinds';
import type { Scenario } from '../scenario';
import { flood, FLOOD_CALLS, RESUME_GETS } from './flood';

/** The task as it was before it was done. */
export function unfinished(reply: Reply): Reply {
	const task = JSON.parse(reply.body) as Record<string, unknown>;
	if (task.status !== 'completed') return reply;
	delete task.output;
	delete task.usage;
	return answer(reply.status, { ...task, status: 'in_progress' });
}

/** All callbacks are sent before n8n has stored the wait; the look before it sees nothing of that yet. */
function tooEarly(kind: Kind): Scenario {
	return {
		name: `callbacks-before-the-wait-is-stored/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(2, 'render 0s');
			scenario.front.rules.push((call) =>
				call.kind === 'create' || (call.kind === 'get' && call.times === 1)
					? call.forward().then(unfinished)
					: undefined,
			);
			await comesBack(scenario, kind, prompts);
		},
	};
}

/** The service tells nobody that the tasks are done. */
function lost(kind: Kind): Scenario {
	return {
		name: `callbacks-lost/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(2, 'render 3s');
			scenario.sandbox.faults = [{ on: 'callback', kind: 'reset' }];
			await comesBack(scenario, kind, prompts);
		},
	};
}

async function comesBack(scenario: Case, kind: Kind, prompts: string[]): Promise<void> {
	const id = await scenario.start(kind, prompts);
	await scenario.judge(await scenario.ended(id, PATIENT), prompts, kind);
}

/** The callback says completed; the API says so a moment later. */
function lagging(kind: Kind): Scenario {
	return {
		name: `api-lags-behind-the-callback/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			scenario.hold();
			const prompts = scenario.prompts(1);
			const id = await scenario.start(kind, prompts);
			await scenario.waiting(id);
			let lags = 2;
			scenario.front.rules.push((call) =>
				call.kind === 'get' && lags-- > 0 ? call.forward().then(unfinished) : undefined,
			);
			scenario.release();
			await scenario.judge(await scenario.ended(id, PATIENT), prompts, kind);
		},
	};
}

/** Somebody deletes the credential while the execution waits. */
function credentialDeleted(kind: Kind): Scenario {
	return {
		name: `credential-deleted-during-the-wait/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			scenario.hold();
			const prompts = scenario.prompts(2);
			const waiting = { maximumWaitMinutes: 0.4 };
			const id = await scenario.start(kind, prompts, { parameters: { waiting } });
			await scenario.waiting(id);
			await scenario.client.deleteCredential(scenario.credentials.kirinVideoApi?.id ?? '');
			scenario.release();
			const execution = await scenario.ended(id, PATIENT);
			await scenario.deliver(itemsOf(execution, NODE), prompts, 'task');
			const told = JSON.stringify(execution.runData[NODE]?.at(-1)?.data ?? '');
			for (const { id: taskId } of scenario.ledger.tasks) {
				scenario.check(told.includes(taskId), `no item names task ${taskId}`);
			}
		},
	};
}

/** Strangers call the resume URL, with its token, again and again. */
function flooded(kind: Kind): Scenario {
	return {
		name: `resume-url-called-by-strangers/${kind.name}`,
		phase: 'together',
		async act(scenario) {
			scenario.hold();
			const prompts = scenario.prompts(2);
			const id = await scenario.start(kind, prompts);
			await scenario.waiting(id);
			const { ledger } = scenario;
			const before = ledger.count('get');
			const url = ledger.tasks[0]?.callbackUrl ?? '';
			const calls = flood(url);
			await calls.half;
			scenario.release();
			await calls.all;
			await scenario.judge(await scenario.ended(id), prompts, kind);
			const gets = ledger.count('get') - before;
			scenario.check(gets <= RESUME_GETS, `${FLOOD_CALLS} calls take ${gets} gets`);
		},
	};
}

export const waits: Scenario[] = [lost, credentialDeleted, flooded, tooEarly, lagging].flatMap(
	(make) => kindsFor(['callback']).map(make),
);
