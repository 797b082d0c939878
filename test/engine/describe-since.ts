import { version } from 'n8n-core/package.json';
import { isAtLeast } from '../compat/is-at-least';

/**
 * Tests of what n8n itself does only from a version of n8n-core on. With an older one they are skipped,
 * and their names say why.
 */
export function describeSince(least: string, what: string, tests: () => void): void {
	if (isAtLeast(version, least)) describe(what, tests);
	else describe.skip(`${what} (n8n-core does so from ${least} on)`, tests);
}
