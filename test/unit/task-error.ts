import { TaskError } from '../../nodes/KirinVideo/api/taskError';

/** The error that a step of a task's life ends with. */
export async function taskErrorOf(end: Promise<unknown>): Promise<TaskError> {
	const thrown = await end.then(
		() => undefined,
		(error: unknown) => error,
	);
	if (thrown instanceof TaskError) return thrown;
	throw new Error('It did not fail as it should', { cause: thrown });
}

/** All that the user reads of an error. */
export function wordsOf({ message, description }: TaskError): string {
	return `${message}. ${description}`;
}
