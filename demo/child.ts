/**
 * Child processes that do not outlive the run: each is the head of a process group of its own, so
 * that what it started in turn ends with it, and so that Ctrl-C reaches it through us only. Made by
 * hand, because execa ends the process it started but not the group, n8n's task runner among it.
 */
import { spawn } from 'node:child_process';

/** How long a process may take to end by itself once asked. */
const STOP_GRACE_MS = 3_000;
/** How much of what a process said is kept for the error message, in characters. */
const KEPT_OUTPUT = 64_000;

export interface Child {
	/** Missing when it could not be started. */
	readonly pid: number | undefined;
	/** Settles when the process is gone; never rejects. */
	readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
	/** All of standard output so far. */
	stdout(): string;
	/** The end of what it said on both streams, in the order it came. */
	tail: (lines?: number) => string;
	/** Asks the whole group to end, and makes it end after a grace period. */
	stop: () => Promise<void>;
}

export interface ChildOptions {
	cwd?: string;
	env?: NodeJS.ProcessEnv;
	onLine?: (line: string) => void;
}

const groups = new Map<number, Child>();

function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
	try {
		process.kill(-pid, signal);
		return true;
	} catch {
		return false; // the group is gone
	}
}

// Reached on a crash of ours as well; after an orderly end the set is empty.
process.on('exit', () => {
	for (const pid of groups.keys()) signalGroup(pid, 'SIGKILL');
});

export function startChild(command: string, args: string[], options: ChildOptions = {}): Child {
	const child = spawn(command, args, {
		cwd: options.cwd,
		env: options.env ?? process.env,
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
	});
	const { pid } = child;

	const stdout: string[] = [];
	let kept = '';
	let unfinishedLine = '';
	const listen = (text: string) => {
		kept = (kept + text).slice(-KEPT_OUTPUT);
		if (!options.onLine) return;
		const lines = (unfinishedLine + text).split('\n');
		unfinishedLine = lines.pop() ?? '';
		lines.forEach(options.onLine);
	};
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout.push(text);
		listen(text);
	});
	child.stderr.setEncoding('utf8').on('data', listen);

	const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
		child.once('error', (error) => {
			kept += `${error.message}\n`;
			resolve({ code: null, signal: null });
		});
		// What it left behind would hold its output open, and 'close' would not come.
		child.once('exit', () => pid !== undefined && signalGroup(pid, 'SIGKILL'));
		child.once('close', (code, signal) => resolve({ code, signal }));
	}).finally(() => pid !== undefined && groups.delete(pid));

	const started: Child = {
		pid,
		ended,
		stdout: () => stdout.join(''),
		tail: (lines = 30) => kept.trimEnd().split('\n').slice(-lines).join('\n'),
		async stop() {
			if (pid === undefined || !groups.has(pid)) return;
			signalGroup(pid, 'SIGTERM');
			const force = setTimeout(() => signalGroup(pid, 'SIGKILL'), STOP_GRACE_MS);
			await ended;
			clearTimeout(force);
		},
	};
	if (pid !== undefined) groups.set(pid, started);
	return started;
}

/** Ends whatever is still running. */
export async function stopChildren(): Promise<void> {
	await Promise.all([...groups.values()].map((child) => child.stop()));
}

/**
 * Runs a command to its end and returns its standard output.
 * @throws an error with the end of the command's output when its exit code is not 0.
 */
export async function run(
	command: string,
	args: string[],
	options: ChildOptions & { what: string },
): Promise<string> {
	const child = startChild(command, args, options);
	const { code, signal } = await child.ended;
	if (code === 0) return child.stdout();
	throw new Error(
		`${options.what} failed (${signal ?? `exit code ${code ?? 'none'}`}):\n${child.tail()}`,
	);
}
