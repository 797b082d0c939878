import type { ICredentialDataDecryptedObject, IWebhookFunctions } from 'n8n-workflow';
import { CREDENTIAL } from '../../KirinVideo/api/credential/credential';
import { triggerOf } from '../seenEvents';

export type Credential = ICredentialDataDecryptedObject;

/** How long a decrypted credential is kept, in milliseconds: so long a change may go unnoticed. */
const KEPT_FOR_MS = 5_000;

/** A refused credential is not decrypted again before, in milliseconds: anybody can make calls. */
const FRESH_FOR_MS = 1_000;

const MAX_KEPT = 50;

interface Kept {
	until: number;
	credential: Promise<Credential>;
}

/**
 * Decrypts the credential of a trigger once for all calls of a few seconds. For each call n8n would
 * read it from its database, decrypt it and take an expression isolate to resolve it, which costs more
 * than the status request.
 */
export class KeptCredentials {
	private readonly kept = new Map<string, Kept>();

	constructor(private readonly now: () => number = () => Date.now()) {}

	async of(functions: IWebhookFunctions): Promise<Credential> {
		const key = nameOf(functions);
		const entry = this.kept.get(key);
		if (entry && entry.until > this.now()) return await entry.credential;
		const credential = functions.getCredentials<Credential>(CREDENTIAL);
		this.keep(key, { until: this.now() + KEPT_FOR_MS, credential });
		credential.catch(() => this.kept.delete(key));
		return await credential;
	}

	/**
	 * The user may have replaced a key that is refused.
	 *
	 * @returns undefined when there is none but the refused one, decrypted a moment ago
	 */
	async replacement(
		functions: IWebhookFunctions,
		refused: Credential,
	): Promise<Credential | undefined> {
		const key = nameOf(functions);
		const entry = this.kept.get(key);
		const isFresh = entry !== undefined && entry.until - this.now() > KEPT_FOR_MS - FRESH_FOR_MS;
		if (!isFresh) this.kept.delete(key);
		const current = await this.of(functions);
		return current.apiKey === refused.apiKey ? undefined : current;
	}

	private keep(key: string, entry: Kept): void {
		this.kept.delete(key);
		this.kept.set(key, entry);
		for (const [oldest, { until }] of this.kept) {
			if (until > this.now() && this.kept.size <= MAX_KEPT) break;
			this.kept.delete(oldest);
		}
	}
}

/** The ID of the credential is part of it: it changes when another one is chosen in the node. */
function nameOf(functions: IWebhookFunctions): string {
	return `${triggerOf(functions)} ${functions.getNode().credentials?.[CREDENTIAL]?.id}`;
}
