/** What `prepare.ts` has made ready; Jest hands it to the test files by the environment only. */
import type { ArenaPlace } from '../bench/arena';

const VARIABLE = 'KIRIN_VIDEO_E2E_PLACE';

export function placeInEnvironment(place: ArenaPlace): void {
	process.env[VARIABLE] = JSON.stringify(place);
}

export function place(): ArenaPlace {
	const text = process.env[VARIABLE];
	if (!text) throw new Error('Run this by `npm run test:e2e`.');
	return JSON.parse(text) as ArenaPlace;
}
