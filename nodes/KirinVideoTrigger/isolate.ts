/** The part of n8n's expressions that hands out the sandboxes in which they are evaluated. */
interface Expressions {
	acquireIsolate?: () => Promise<unknown>;
	releaseIsolate?: () => Promise<unknown>;
}

/**
 * Waits without the expression isolate that n8n holds for each call while `webhook()` runs, some 4 MiB:
 * a hundred calls that wait would hold a hundred. There is no public way to it, but every webhook
 * context carries its workflow, and the workflow its expressions (n8n 2.41, where isolates came in);
 * where they are not found, nothing is released.
 */
export async function withoutIsolate<T>(functions: object, wait: () => Promise<T>): Promise<T> {
	const { workflow } = functions as { workflow?: { expression?: Expressions } };
	const expressions = workflow?.expression;
	if (!expressions?.acquireIsolate || !expressions.releaseIsolate) return await wait();
	await expressions.releaseIsolate();
	try {
		return await wait();
	} finally {
		await expressions.acquireIsolate();
	}
}
