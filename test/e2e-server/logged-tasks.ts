/**
 * The IDs of the tasks that the node has named in n8n's log: what is left of a task when its execution
 * died with its process.
 */
export function loggedTasks(lines: Iterable<string>): Set<string> {
	const found = new Set<string>();
	for (const line of lines) {
		const id = /Kirin Video: .*?, task ([0-9A-Za-z_-]+)/.exec(line)?.[1];
		if (id !== undefined) found.add(id);
	}
	return found;
}
