/** A database that is thrown away and made anew, with the same encryption key: containers do that. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createHome, importAll } from '../../../demo/n8n-home';
import { runN8n } from '../../../demo/n8n-process';
import { inARow, workflowOf } from '../../bench/workflow';
import { NODE_TYPE } from '../../saved-parameters';
import { NODE, type Case } from '../case';
import { kindOf } from '../kinds';
import type { Scenario } from '../scenario';

const CREDENTIAL = { id: 'moneyCredential1', name: 'Sandbox account' };

/** The same workflow and credential are imported into two empty homes, and executed in each. */
const freshDatabase: Scenario = {
	name: 'fresh-database-with-the-same-key',
	phase: 'alone',
	async act(scenario) {
		const [prompt = ''] = scenario.prompts(1);
		scenario.want(prompt, 2, 2);
		const workflow = workflowWith(prompt);
		const taskIds: string[] = [];
		for (const run of ['first', 'second']) {
			const told = await executeInNewHome(scenario, workflow, run);
			scenario.tell(told);
			const named = scenario.ledger.tasks.filter(({ id }) => told.includes(id));
			scenario.check(named.length === 1, `the ${run} run names ${named.length} tasks`);
			taskIds.push(...named.map(({ id }) => id));
		}
		await scenario.deliver(
			taskIds.map((taskId) => ({ json: { taskId } })),
			taskIds.map(() => prompt),
			'task',
		);
	},
};

function workflowWith(prompt: string): object {
	const parameters = { ...kindOf('poll').parameters({ prompt }), downloadVideo: false };
	const trigger = {
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		parameters: {},
	};
	const node = {
		name: NODE,
		type: NODE_TYPE,
		typeVersion: 1,
		parameters,
		credentials: { kirinVideoApi: CREDENTIAL },
	};
	const workflow = workflowOf('Throw-away', [trigger, node], inARow('Start', NODE));
	return { ...workflow, id: 'moneyWorkflow001', versionId: randomUUID(), active: false };
}

async function executeInNewHome(scenario: Case, workflow: object, run: string): Promise<string> {
	const { stage, sandbox, front } = scenario;
	const home = join(stage.folder, `home-${run}`);
	await createHome(stage.install, home, stage.packageFolder);
	const data = { apiKey: sandbox.apiKey, baseUrl: front.apiUrl };
	await importAll(stage.install, home, {
		credentials: [{ ...CREDENTIAL, type: 'kirinVideoApi', data }],
		workflows: [workflow],
	});
	const args = ['execute', '--id=moneyWorkflow001', '--rawOutput'];
	const told = await runN8n(stage.install, args, { userFolder: home });
	await rm(home, { recursive: true, force: true });
	return told;
}

export const freshDatabases: Scenario[] = [freshDatabase];
