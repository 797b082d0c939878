/** What must never happen in a life, whatever the service and the wire do. */
import { KEY } from './key-forms';
import type { Request } from './lying-server';
import type { WayName } from './ways';
import type { Lived, WireWorld } from './wire-world';

export type Crime = 'hung' | 'keyLeaks' | 'unnamedTasks' | 'billedTwice';

export interface Finding {
	crime: Crime;
	what: string;
}

/**
 * @param told IDs that a whole and clear answer has given the node: nothing else will do then
 */
export function judge(
	world: WireWorld,
	wayName: WayName,
	lived: Lived,
	told: readonly string[] = [],
): Finding[] {
	const found: Finding[] = [];
	const add = (crime: Crime, what: string) => void found.push({ crime, what });
	const { server } = world;
	if (!lived.ended) add('hung', `not over after ${Math.round(lived.elapsedMs / 1000)} s`);

	const leak = world.keyOutside(lived);
	if (leak !== undefined) add('keyLeaks', leak);
	for (const { kind, headers, path } of server.requests) {
		if (kind === 'download' && JSON.stringify(headers).includes(KEY.slice(0, 12))) {
			add('keyLeaks', `the key was sent to ${path}`);
		}
	}

	const ids = told.length > 0 ? told : idsToName(world, wayName);
	const text = JSON.stringify([lived.items.map(({ json }) => json), lived.error]);
	if (lived.ended && ids.length > 0 && !ids.some((id) => text.includes(id))) {
		add('unnamedTasks', `neither of ${ids.join(', ')} is in: ${text.slice(0, 600)}`);
	}
	for (const what of secondCreates(server.requests)) add('billedTwice', what);
	return found;
}

/** Of the task that was asked for, or of those that a create may have made. */
function idsToName({ server }: WireWorld, wayName: WayName): string[] {
	const [first] = server.tasks;
	if (wayName === 'wait' || wayName === 'get') return first ? [first.id] : [];
	const created = server.requests.filter(({ kind }) => kind === 'create');
	// A clear refusal is the service's word that there is no task.
	if (created.length === 0 || created.every(({ refused }) => refused)) return [];
	return server.tasks.flatMap(({ id, externalTaskId = id }) => [id, externalTaskId]);
}

/**
 * A create that was sent while an earlier one of the same life may have made a task: nothing in between
 * has said that it did not, or that the task has failed.
 */
function secondCreates(requests: Request[]): string[] {
	const found: string[] = [];
	let earlier: Request | undefined;
	let isDenied = false;
	for (const request of requests) {
		if (request.kind === 'get' && request.denies) isDenied = true;
		if (request.kind !== 'create') continue;
		if (earlier && !isDenied) found.push(`a second create at ${request.at - earlier.at} ms`);
		earlier = request;
		isDenied = request.denies === true;
	}
	return found;
}
