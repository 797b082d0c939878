/** The measurements of the last full run that was written down, to draw its page again. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Measurements } from './measurements';

/** With what else the repository does not keep. */
const FILE = join(__dirname, '..', '..', 'demo-output', 'bench.json');

export async function saveMeasurements(measurements: Measurements): Promise<void> {
	await mkdir(dirname(FILE), { recursive: true });
	await writeFile(FILE, JSON.stringify(measurements));
}

/** @throws when there are none */
export async function readMeasurements(): Promise<Measurements> {
	const text = await readFile(FILE, 'utf8').catch(() => undefined);
	if (text === undefined) throw new Error('Nothing to draw: run it with --write first.');
	return JSON.parse(text) as Measurements;
}
