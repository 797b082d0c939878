/** Lets all contenders do their part at the same time, each in an n8n of its own. */
import type { Report } from '../../demo/steps';
import type { Arena } from './arena';
import type { RunResult } from './run-result';
import type { Assignment, Plan } from './plan';

/** Runs every contender's list, one run after another, all contenders together. */
export async function runSideBySide(
	arenas: Arena[],
	{ sideBySide }: Plan,
	report: Report,
): Promise<RunResult[]> {
	const progress = new Map(arenas.map(({ contender }) => [contender.id, '']));
	const lists = await Promise.all(
		arenas.map(async (arena) => {
			const { id } = arena.contender;
			return await runAll(arena, sideBySide[id], (text) => {
				progress.set(id, text);
				report([...progress].map(([name, state]) => `${name} ${state}`).join(', '));
			});
		}),
	);
	return lists.flat();
}

/** Runs every contender's list while the others do nothing. */
export async function runAlone(
	arenas: Arena[],
	{ alone }: Plan,
	report: Report,
): Promise<RunResult[]> {
	const results: RunResult[] = [];
	for (const arena of arenas) {
		const { id } = arena.contender;
		results.push(...(await runAll(arena, alone[id], (text) => report(`${id} ${text}`))));
	}
	return results;
}

async function runAll(
	arena: Arena,
	assignments: Assignment[],
	report: Report,
): Promise<RunResult[]> {
	const runs = assignments.flatMap(({ scenario, times }) =>
		Array<typeof scenario>(times).fill(scenario),
	);
	const results: RunResult[] = [];
	for (const scenario of runs) {
		report(`${results.length}/${runs.length}`);
		results.push(await arena.run(scenario));
	}
	report(`${runs.length}/${runs.length}`);
	return results;
}
