/** A database that is thrown away and made anew, with the same encryption key: containers do that. */
import { randomUUID } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { createHome, importAll } from '../../../demo/n8n-home';
import { runN8n } from '../../../demo/n8n-process';
import { inARow, workflowOf } from '../../bench/workflow';
import { NODE_TYPE } from '../../saved-parameters';
import { NODE, type Case } from '../case';
import { kindOf } from '../kinds';
import type { Scenario } from '../scenario';

const CREDENTIAL = { id: 'moneyCredential1', name: 'Sandbox account' };

/** One home with a workflow and a credential, and no execution yet: it is copied, and both are used. */
const freshDatabase: Scenario = {
	name: 'fresh-database-with-the-same-key',
	phase: 'together',
	async act(scenario) {
		const [prompt = ''] = scenario.prompts(1);
		scenario.want(prompt, 2, 2);
		const taskIds: string[] = [];
		for (const home of await twoHomes(scenario, workflowWith(prompt))) {
			const told = await runN8n(scenario.stage.install, EXECUTE, { userFolder: home });
			scenario.tell(told);
			const named = scenario.ledger.tasks.filter(({ id }) => told.includes(id));
			scenario.check(named.length === 1, `a run names ${named.length} tasks`);
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
	return { ...workflow, id: WORKFLOW_ID, versionId: randomUUID(), active: false };
}

const WORKFLOW_ID = 'moneyWorkflow001';
const EXECUTE = ['execute', `--id=${WORKFLOW_ID}`, '--rawOutput'];

async function twoHomes({ stage, sandbox, front }: Case, workflow: object): Promise<string[]> {
	const home = join(stage.folder, 'throw-away-home');
	const copy = `${home}-copied`;
	await createHome(stage.install, home, stage.packageFolder);
	const data = { apiKey: sandbox.apiKey, baseUrl: front.apiUrl };
	await importAll(stage.install, home, {
		credentials: [{ ...CREDENTIAL, type: 'kirinVideoApi', data }],
		workflows: [workflow],
	});
	await cp(home, copy, { recursive: true });
	return [home, copy];
}

export const freshDatabases: Scenario[] = [freshDatabase];
