/** Debian's Chromium, driven by Playwright. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Where a Chromium may be. Playwright's own is not fetched: what the system has is what is tested. */
const PLACES = [
	process.env.CHROMIUM,
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
];

/** @throws when the machine has no Chromium */
export async function launchBrowser(): Promise<Browser> {
	const executablePath = PLACES.find((place) => place && existsSync(place));
	if (!executablePath) {
		throw new Error(
			'No Chromium was found. Install one (`apt-get install chromium`), or name it in the environment variable CHROMIUM.',
		);
	}
	return await chromium.launch({
		executablePath,
		args: [
			'--no-sandbox', // it cannot have one as root
			'--disable-gpu',
			'--no-first-run',
			// Nothing that calls out.
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}
