import type { Clock } from '../clock';
import type { Api } from '../transport';
import { ask } from './ask';
import { lookFailed, taskNotFound } from './errors';
import { look, taskOf } from './poll';
import type { Task } from './task';

/**
 * One look at a task, by its ID or the external one.
 *
 * @throws TaskError when there is no such task, or the service cannot or will not tell
 */
export async function lookAt(
	id: string,
	{ api, clock, signal }: { api: Api; clock: Clock; signal?: AbortSignal },
): Promise<Task> {
	const asked = await ask(async () => await look(api, id), taskOf, { clock, signal });
	if ('told' in asked) return asked.told;
	if (asked.kind === 'missing') throw taskNotFound(asked.answer, id);
	throw lookFailed(asked.answer, asked.kind, id);
}
