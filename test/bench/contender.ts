/** One way to turn prompts into videos in n8n, with the service that it talks to. */
import type { Chain } from './workflow';
import type { Witness } from './witness';

export type ContenderId = 'kirin' | 'callback' | 'loop' | 'openai' | 'minimax';

/** How a node refers to its stored credentials, by their type. */
export type CredentialReference = Record<string, { id: string; name: string }>;

/** A service that runs, and how a workflow comes to use it. */
export interface Service {
	witness: Witness;
	credential: { type: string; data: object };
	/** The nodes behind the one that makes an item of each prompt, in its field `prompt`. */
	chain(credentials: CredentialReference): Chain;
}

export interface Contender {
	id: ContenderId;
	/** As the tables call it. */
	title: string;
	startService(): Promise<Service>;
}
