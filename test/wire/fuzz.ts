/**
 * Whole answers by chance, for every call of whole lives of items, in virtual time.
 *
 *     npm run fuzz -- --cases 2000 --seed 1
 *
 * Case n of seed s is the only case of seed s + n - 1, so a case that fails is repeated by
 * `--cases 1 --seed <its seed>`. The last line is one JSON object with what was counted.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { forgetLog } from '../engine/log';
import { userFolder } from '../engine/user-folder';
import { fuzzCase, scriptOf, type FuzzCase } from './fuzz-case';
import { judge, type Crime, type Finding } from './judge';
import { openWireWorld, type WireWorld } from './wire-world';

const PROGRESS_EVERY_MS = 10_000;
/** Files of finished cases are dropped once in so many cases. */
const CLEAN_EVERY = 500;
/** Failing cases that are made smaller, and findings of a kind that are shown. */
const MOST_SHRUNK = 3;
/** How long, in real ms, a case is made smaller. */
const SHRINK_MS = 20_000;
/** Memory counts as unbounded above this. */
const MOST_RSS_MIB = 1_500;
/** How often a life may be seen to do nothing, every 2 real ms, before it counts as hung. */
const IDLE_TURNS = 150;

type Count = Crime | 'crashed';

interface CaseFinding {
	crime: Count;
	what: string;
}

/** Rejections that nobody has handled, since the last case. */
const unhandled: string[] = [];
const note = (error: unknown) =>
	void unhandled.push(error instanceof Error ? (error.stack ?? error.message) : String(error));

async function perform(world: WireWorld, drawn: FuzzCase): Promise<CaseFinding[]> {
	await world.reset();
	forgetLog();
	unhandled.length = 0;
	const { server } = world;
	const told: string[] = [];
	let creates = 0;
	server.onAnswered = ({ kind, task }, { body }, whole) => {
		if (kind !== 'create') return;
		const isTrue = !(drawn.first.create?.[creates] ?? drawn.then.create);
		creates++;
		// A create that is sent again is told that there is a task, but not which.
		const isNamed = task && JSON.stringify(body).includes(task.id);
		if (isTrue && whole && isNamed) told.push(task.id);
	};
	try {
		const lived = await world.live(drawn.way, scriptOf(drawn, server), {
			workflow: drawn.continues ? { onError: 'continueRegularOutput' } : {},
			...(drawn.raw && { extraOptions: { output: 'raw' } }),
		});
		const findings: Finding[] = judge(world, drawn.way, lived, told.slice(0, 1));
		// Raw output is what the service has sent, whether that names a task or not.
		const isRaw = drawn.raw && lived.items.length > 0;
		const all: CaseFinding[] = findings.filter(({ crime }) => !(isRaw && crime === 'unnamedTasks'));
		const broken = /is not a function|Cannot read propert|is not iterable|Maximum call stack/;
		const text = `${lived.error} ${JSON.stringify(lived.items.map(({ json }) => json.error))}`;
		if (broken.test(text)) all.push({ crime: 'crashed', what: text.slice(0, 400) });
		return [...all, ...crashes()];
	} catch (error) {
		note(error);
		return crashes();
	}
}

function crashes(): CaseFinding[] {
	return unhandled.splice(0).map((what) => ({ crime: 'crashed', what }));
}

function dropFiles(): void {
	for (const entry of readdirSync(userFolder, { recursive: true, withFileTypes: true })) {
		const isVideo = entry.isFile() && /binary_data/.test(`${entry.parentPath}/${entry.name}`);
		if (isVideo) rmSync(join(entry.parentPath, entry.name), { force: true });
	}
}

async function shrink(
	world: WireWorld,
	seed: number,
	crimes: Set<Count>,
): Promise<FuzzCase | undefined> {
	const property = fc.asyncProperty(fuzzCase, async (smaller) => {
		const found = await perform(world, smaller);
		return !found.some(({ crime }) => crimes.has(crime));
	});
	const details = await fc.check(property, {
		seed,
		numRuns: 1,
		interruptAfterTimeLimit: SHRINK_MS,
		markInterruptAsFailure: false,
	});
	return details.counterexample?.[0];
}

function draw(seed: number): FuzzCase {
	const [drawn] = fc.sample(fuzzCase, { seed, numRuns: 1 });
	if (!drawn) throw new Error('Nothing was drawn');
	return drawn;
}

async function campaign(cases: number, seed: number): Promise<boolean> {
	process.on('unhandledRejection', note);
	process.on('uncaughtException', note);
	const { world, close } = await openWireWorld(IDLE_TURNS);
	const counts: Record<Count, number> = {
		hung: 0,
		crashed: 0,
		keyLeaks: 0,
		unnamedTasks: 0,
		billedTwice: 0,
	};
	const shown = new Map<string, number>();
	let shrunk = 0;
	let maxRss = 0;
	let done = 0;
	const start = performance.now();
	let toldAt = start;
	for (; done < cases; done++) {
		const own = seed + done;
		const found = await perform(world, draw(own));
		for (const crime of new Set(found.map((finding) => finding.crime))) counts[crime]++;
		maxRss = Math.max(maxRss, process.memoryUsage.rss());
		if (done % CLEAN_EVERY === CLEAN_EVERY - 1) dropFiles();
		for (const { crime, what } of found) {
			const times = (shown.get(crime) ?? 0) + 1;
			shown.set(crime, times);
			if (times <= MOST_SHRUNK) console.log(`seed ${own}: ${crime}: ${what}`);
		}
		if (found.length > 0 && shrunk < MOST_SHRUNK) {
			shrunk++;
			const smallest = await shrink(world, own, new Set(found.map(({ crime }) => crime)));
			const how = smallest ? 'made smaller' : 'which did not fail when it was repeated at once';
			console.log(`--cases 1 --seed ${own}, ${how}:\n${JSON.stringify(smallest ?? draw(own))}\n`);
		}
		if (performance.now() - toldAt > PROGRESS_EVERY_MS) {
			toldAt = performance.now();
			const seconds = Math.round((toldAt - start) / 1000);
			console.log(`${done + 1} of ${cases} cases, ${seconds} s, ${JSON.stringify(counts)}`);
		}
	}
	await close();
	const { billedTwice, ...named } = counts;
	const maxRssMiB = Math.ceil(maxRss / 1024 / 1024);
	if (billedTwice > 0)
		console.log(`${billedTwice} cases sent a second create while a task may live`);
	if (maxRssMiB > MOST_RSS_MIB) console.log(`More than ${MOST_RSS_MIB} MiB were in use`);
	console.log(JSON.stringify({ cases: done, ...named, maxRssMiB }));
	return Object.values(counts).every((count) => count === 0) && maxRssMiB <= MOST_RSS_MIB;
}

function wholeNumber(name: string, text: string): number {
	if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} wants a whole number, not "${text}"`);
	return Number(text);
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			cases: { type: 'string', default: '2000' },
			seed: { type: 'string', default: '1' },
		},
	});
	const cases = wholeNumber('--cases', values.cases);
	process.exitCode = (await campaign(cases, wholeNumber('--seed', values.seed))) ? 0 : 1;
	// A life that hangs keeps its connections, and they this process.
	process.exit();
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exit(2);
});
