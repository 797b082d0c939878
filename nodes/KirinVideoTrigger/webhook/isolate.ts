/** The part of n8n's expressions that hands out the sandboxes in which they are evaluated. */
interface Expressions {
	releaseIsolate?: () => Promise<unknown>;
}

/**
 * Gives back the expression isolate that n8n holds for each call while `webhook()` runs, some 4 MiB: a
 * hundred calls that wait would hold a hundred. No expression may be evaluated after that; n8n gives it
 * back once more at the end, which does nothing then. There is no public way to it, but every webhook
 * context carries its workflow, and the workflow its expressions (n8n 2.41); where they are not found,
 * nothing is given back.
 */
export async function releaseIsolate(functions: object): Promise<void> {
	const { workflow } = functions as { workflow?: { expression?: Expressions } };
	await workflow?.expression?.releaseIsolate?.();
}
