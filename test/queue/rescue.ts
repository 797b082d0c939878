/** How an operator gets back what was under way in executions that died with their worker. */
import type { Report } from '../../demo/steps';
import type { OutputItem } from '../bench/n8n-client';
import { loggedTasks } from '../e2e-server/logged-tasks';
import { haveAllEnded, videoItemsOf, untilExecutions } from './executions';
import type { Fleet } from './fleet';
import { start, type StartedExecution } from './run-batch';
import { PICK_UP_PATH } from './workflows';

const LIMIT_MS = 60_000;

export interface Rescue {
	/** Of executions that were simply started again, with external task IDs of the sender's. */
	runAgain: OutputItem[];
	/** By Task → Wait, from the task IDs in n8n's log. */
	pickedUp: OutputItem[];
}

/** @param deliveredTasks the IDs of the tasks whose videos are there already */
export async function rescue(
	fleet: Fleet,
	dead: readonly StartedExecution[],
	deliveredTasks: ReadonlySet<string>,
	report: Report,
): Promise<Rescue> {
	report('starting executions again that have external task IDs of their own');
	const again = dead.filter(({ manner }) => manner === 'generate with own IDs');
	const restarted = await Promise.all(again.map((execution) => start(fleet, execution)));
	const runAgain = await outputOf(
		fleet,
		restarted.map(({ id }) => id),
	);

	report('picking up the tasks that the log names');
	const there = new Set([...deliveredTasks, ...runAgain.map(({ json }) => json.taskId)]);
	const logged = loggedTasks([...fleet.log.values()].flat());
	const items = [...logged].filter((id) => !there.has(id)).map((taskId) => ({ taskId }));
	const pickUp = items.length > 0 ? [await fleet.webhooks.trigger(PICK_UP_PATH, { items })] : [];
	return { runAgain, pickedUp: await outputOf(fleet, pickUp) };
}

async function outputOf({ client }: Fleet, ids: readonly string[]): Promise<OutputItem[]> {
	if (ids.length === 0) return [];
	await untilExecutions(client, ids, haveAllEnded, { limitMs: LIMIT_MS, what: 'all ended' });
	return (await Promise.all(ids.map((id) => videoItemsOf(client, id)))).flat();
}
