/** Pictures of the editor: one of each step to look at, and those that the README shows. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

declare global {
	/** Set by `npm run docs:pictures`. */
	var WRITE_PICTURES: boolean | undefined;
}

/** How long n8n may show what it tells in passing. */
const TOLD_MS = 30_000;
const ROOT = join(__dirname, '..', '..', '..');
const STEPS_FOLDER = join(ROOT, 'e2e-pictures');
const README_FOLDER = join(ROOT, 'docs', 'images');
const RECORD = join(README_FOLDER, 'shown.json');

/** What can be read in the pictures of the README, by the picture's name. */
type Shown = Record<string, unknown>;

export class Pictures {
	private count = 0;
	private readonly folder: string;

	/** @param suite each has a folder of its own for the pictures of its steps */
	constructor(suite: string) {
		this.folder = join(STEPS_FOLDER, suite);
		rmSync(this.folder, { recursive: true, force: true });
		mkdirSync(this.folder, { recursive: true });
	}

	/** A picture of a step, numbered, for whoever looks a run through. */
	async ofStep(page: Page, name: string): Promise<void> {
		this.count += 1;
		const number = String(this.count).padStart(2, '0');
		await page.screenshot({ path: join(this.folder, `${number}-${name}.png`) });
	}

	/** Writes a picture of the README, light and dark, and what it shows; only when asked to. */
	async forReadme(page: Page, name: string, shown: unknown): Promise<void> {
		if (!globalThis.WRITE_PICTURES) return;
		// What n8n has just told is gone after a moment.
		await page.locator('.el-notification').first().waitFor({ state: 'hidden', timeout: TOLD_MS });
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme });
			await page.screenshot({ path: join(README_FOLDER, `${name}-${colorScheme}.png`) });
		}
		await page.emulateMedia({ colorScheme: 'light' });
		const record = JSON.stringify({ ...readShown(), [name]: shown }, null, '\t');
		writeFileSync(RECORD, `${record}\n`);
	}
}

/** What the README's pictures show, as recorded when they were taken. */
export function readShown(): Shown {
	return JSON.parse(readFileSync(RECORD, 'utf8')) as Shown;
}
