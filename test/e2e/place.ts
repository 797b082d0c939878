/** What `prepare.ts` has made ready; Jest hands it to the test files by the environment only. */
import type { ArenaPlace } from '../bench/arena';

const VARIABLE = 'KIRIN_VIDEO_E2E_PLACE';

export interface Place extends ArenaPlace {
	/** What would be published. */
	archive: string;
}

export function placeInEnvironment(place: Place): void {
	process.env[VARIABLE] = JSON.stringify(place);
}

export function place(): Place {
	const text = process.env[VARIABLE];
	if (!text) throw new Error('Run this by `npm run test:e2e`.');
	return JSON.parse(text) as Place;
}
