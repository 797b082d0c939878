import type { IAllExecuteFunctions, ICredentialDataDecryptedObject } from 'n8n-workflow';
import { Secrets } from './secrets';

export const CREDENTIAL = 'kirinVideoApi';

/** The part of n8n's contexts that credentials come from. */
export type CredentialFunctions = Pick<IAllExecuteFunctions, 'getCredentials'>;

/** The credential as one context of n8n has read it. */
export interface Credential {
	data: ICredentialDataDecryptedObject;
	/** Which reading of this context it is, from 1. */
	reading: number;
}

interface Known {
	credential?: Promise<Credential>;
	secrets: Secrets;
	readings: number;
}

/**
 * Kept for each context, of which n8n makes one for each item, because fields of a credential may be
 * expressions that use the item. Reading it costs n8n some 40 ms of CPU, and a task is polled many times.
 */
const known = new WeakMap<CredentialFunctions, Known>();

function knownOf(functions: CredentialFunctions): Known {
	const found = known.get(functions) ?? { secrets: new Secrets(), readings: 0 };
	known.set(functions, found);
	return found;
}

/** @throws what n8n throws where it has no such credential, or may not read it */
export async function credentialOf(functions: CredentialFunctions): Promise<Credential> {
	const entry = knownOf(functions);
	entry.credential ??= read(functions, entry);
	return await entry.credential;
}

async function read(functions: CredentialFunctions, entry: Known): Promise<Credential> {
	const number = ++entry.readings;
	const reading = functions.getCredentials<ICredentialDataDecryptedObject>(CREDENTIAL);
	// A credential that cannot be read now may be readable later.
	reading.catch(() => (entry.credential = undefined));
	const data = await reading;
	if (typeof data.apiKey === 'string') entry.secrets.add(data.apiKey);
	return { data, reading: number };
}

/**
 * The same context with a credential that was read before, so that n8n does not decrypt it again.
 */
export function withCredential<F extends CredentialFunctions>(
	functions: F,
	data: ICredentialDataDecryptedObject,
): F {
	const own = Object.create(functions) as F;
	const entry = knownOf(own);
	entry.credential = Promise.resolve({ data, reading: ++entry.readings });
	if (typeof data.apiKey === 'string') entry.secrets.add(data.apiKey);
	return own;
}

/**
 * Reads the credential again, for a key that was changed during a wait.
 *
 * @returns undefined when it is the same as before
 */
export async function renewedCredential(
	functions: CredentialFunctions,
	{ data }: Credential,
): Promise<Credential | undefined> {
	knownOf(functions).credential = undefined;
	const renewed = await credentialOf(functions);
	return renewed.data.apiKey === data.apiKey ? undefined : renewed;
}

/** The keys that this context has read so far. */
export function secretsOf(functions: CredentialFunctions): Secrets {
	return knownOf(functions).secrets;
}

/** The same, after the credential has been read, if it can be. */
export async function readSecrets(functions: CredentialFunctions): Promise<Secrets> {
	await credentialOf(functions).catch(() => undefined);
	return secretsOf(functions);
}
