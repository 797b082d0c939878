/** How an operator gets back what was under way in executions that died with their worker. */
import type { Report } from '../../demo/steps';
import type { OutputItem } from '../bench/n8n-client';
import { loggedTasks } from '../e2e-server/logged-tasks';
import { haveAllEnded, videoItemsOf, untilExecutions } from './executions';
import type { Fleet } from './fleet';
import { start, type StartedExecution, type StartedPhase } from './run-batch';
import { PICK_UP_PATH } from './workflows';

const LIMIT_MS = 60_000;

export interface Rescue {
	/** Of executions that were simply started again, with external task IDs of the sender's. */
	runAgain: OutputItem[];
	/** By n8n's Retry. */
	retried: OutputItem[];
	/** By Task → Wait, from the task IDs in n8n's log. */
	pickedUp: OutputItem[];
	/** How often n8n has refused to retry, and why. */
	refusals: string[];
}

interface Dead {
	dead: readonly StartedExecution[];
	phases: readonly StartedPhase[];
	/** The IDs of the tasks whose videos are there already. */
	deliveredTasks: ReadonlySet<string>;
}

export async function rescue(
	fleet: Fleet,
	{ dead, phases, deliveredTasks }: Dead,
	report: Report,
): Promise<Rescue> {
	report('starting executions again that have external task IDs of their own');
	const again = dead.filter(({ manner }) => manner === 'generate with own IDs');
	const restarted = await Promise.all(again.map((execution) => start(fleet, execution)));
	const runAgain = await outputOf(
		fleet,
		restarted.map(({ id }) => id),
	);

	report('retrying others');
	const others = [...dead.filter((one) => !again.includes(one)), ...phases];
	const refusals: string[] = [];
	const retries = await Promise.all(
		others.map(async ({ id }) => {
			return await fleet.client.retry(id, 'saved').catch((error: Error) => {
				refusals.push(error.message);
				return undefined;
			});
		}),
	);
	const retried = await outputOf(
		fleet,
		retries.filter((id) => id !== undefined),
	);

	report('picking up the tasks that the log names');
	const there = new Set([
		...deliveredTasks,
		...[...runAgain, ...retried].map(({ json }) => json.taskId),
	]);
	const logged = loggedTasks([...fleet.log.values()].flat());
	const items = [...logged].filter((id) => !there.has(id)).map((taskId) => ({ taskId }));
	const pickUp = items.length > 0 ? [await fleet.webhooks.trigger(PICK_UP_PATH, { items })] : [];
	return { runAgain, retried, refusals, pickedUp: await outputOf(fleet, pickUp) };
}

async function outputOf({ client }: Fleet, ids: readonly string[]): Promise<OutputItem[]> {
	if (ids.length === 0) return [];
	await untilExecutions(client, ids, haveAllEnded, { limitMs: LIMIT_MS, what: 'all ended' });
	return (await Promise.all(ids.map((id) => videoItemsOf(client, id)))).flat();
}
