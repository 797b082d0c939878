/** A run from its start to its end, after which nothing of it is left, however it ends. */
import { stopChildren } from './child';

const PARENT_CHECK_MS = 1_000;

/** What has to be undone at the end, last first. */
const undo: Array<() => Promise<unknown>> = [];
let undoing: Promise<void> | undefined;

/** Has something undone at the end of the run, after all child processes are gone. */
export function atEnd(action: () => Promise<unknown>): void {
	undo.push(action);
}

function cleanUp(): Promise<void> {
	undoing ??= (async () => {
		await stopChildren();
		for (const action of undo.reverse()) await action().catch(() => undefined);
	})();
	return undoing;
}

function endEarly(exitCode: number): void {
	if (undoing) return;
	console.log('\nCleaning up …');
	void cleanUp().finally(() => process.exit(exitCode));
}

/**
 * Runs `main`, cleans up and ends the process; an error of `main` is shown and makes the exit code 1.
 * @param name of what runs, at the start of a sentence
 */
export function wholeRun(name: string, main: () => Promise<void>): void {
	for (const [signal, exitCode] of [
		['SIGINT', 130],
		['SIGTERM', 143],
		['SIGHUP', 129],
	] as const) {
		process.on(signal, () => endEarly(exitCode));
	}
	// When npm is ended it may not pass that on; then this process has a new parent.
	const parent = process.ppid;
	setInterval(() => process.ppid === parent || endEarly(143), PARENT_CHECK_MS).unref();

	main()
		.catch((error: Error) => {
			if (undoing) return; // ended from outside: what failed is the end itself
			console.error(`\n${name} failed. ${error.message}`);
			process.exitCode = 1;
		})
		.finally(() => void cleanUp().finally(() => process.exit()));
}
