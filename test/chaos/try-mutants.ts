/** Tries each mutant in a copy of the sources: the campaign has to turn red, and so has a test. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { MUTANTS, type Mutant, mutate } from './mutants';

const ROOT = join(__dirname, '../..');

/** What the campaign and the tests are made of. */
const COPIED = [
	'nodes',
	'credentials',
	'sandbox',
	'test',
	'package.json',
	'tsconfig.json',
	'jest.config.js',
];

/** An n8n that a suite has installed. */
const isInstalled = (path: string) => basename(path) === 'node_modules';

/** @returns whether each mutant was noticed by both */
export async function tryMutants(submits: number, seed: number): Promise<boolean> {
	await checkUnbroken();
	const unnoticed: string[] = [];
	for (const mutant of MUTANTS) {
		const found = await tryMutant(mutant, submits, seed);
		const by = (['campaign', 'test'] as const).filter((one) => found[one]);
		console.log(`${mutant.name}: noticed by ${by.join(' and ') || 'nobody'}`);
		if (by.length < 2) unnoticed.push(mutant.name);
	}
	console.log(JSON.stringify({ mutants: MUTANTS.length, unnoticed, submits, seed }));
	return unnoticed.length === 0;
}

/** A test that fails without any mutant would notice each of them. */
async function checkUnbroken(): Promise<void> {
	await inCopy(async (folder) => {
		const tests = [...new Set(MUTANTS.map(({ test }) => test))];
		if (await isRed(folder, jest(tests))) throw new Error('The tests fail without any mutant');
	});
}

async function tryMutant(mutant: Mutant, submits: number, seed: number) {
	return await inCopy(async (folder) => {
		const path = join(folder, mutant.path);
		await writeFile(path, mutate(await readFile(path, 'utf8'), mutant));
		const campaign = ['--import', 'tsx', 'test/chaos/chaos.ts', '--first'];
		return {
			campaign: await isRed(folder, [...campaign, '--submits', `${submits}`, '--seed', `${seed}`]),
			test: await isRed(folder, jest([mutant.test])),
		};
	});
}

function jest(tests: string[]): string[] {
	return ['node_modules/jest/bin/jest.js', '--no-cache', '--runTestsByPath', ...tests];
}

async function inCopy<T>(act: (folder: string) => Promise<T>): Promise<T> {
	const folder = await mkdtemp(join(tmpdir(), 'kirin-mutant-'));
	try {
		await copyTo(folder);
		return await act(folder);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function copyTo(folder: string): Promise<void> {
	const filter = (path: string) => !isInstalled(path);
	for (const path of COPIED) {
		await cp(join(ROOT, path), join(folder, path), { recursive: true, filter });
	}
	await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** Whether it ends with 1: another code says that it could not be tried at all. */
async function isRed(cwd: string, parameters: string[]): Promise<boolean> {
	let text = '';
	const child = spawn(process.execPath, parameters, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (data: Buffer) => (text += data.toString()));
	}
	const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
	if (code !== 0 && code !== 1) throw new Error(`It could not be tried:\n${text}`);
	return code === 1;
}
