/** What a scenario is. */
import type { Case, CaseOptions } from './case';

export interface Scenario {
	/** A few words with hyphens; variants behind slashes. */
	name: string;
	/**
	 * When it runs: `together` with others in one n8n, `kill` the same but with a kill -9 of that n8n in
	 * the middle, `alone` where others would disturb it.
	 */
	phase: 'together' | 'kill' | 'alone';
	/** Holds only where each execution has a resume token that Retry keeps (n8n 2.14). */
	needsToken?: boolean;
	options?: CaseOptions;
	/** @throws when it cannot be carried out */
	act(scenario: Case): Promise<void>;
}
