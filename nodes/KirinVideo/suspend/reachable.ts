/** Whether the service can call an address of this n8n, as far as the name of the host can tell. */

/** The setting of n8n that holds its public address, in words: n8n has renamed it and may drop the old name. */
export const PUBLIC_ADDRESS_SETTING = 'N8N_WEBHOOK_URL (before n8n 2.30: WEBHOOK_URL)';

/** Hosts that only this machine, or only its own network, can reach. IPv4 in all its spellings, for URL has read it. */
const PRIVATE_HOSTS = [
	/^localhost$/,
	/\.(localhost|local|internal|lan|home\.arpa)$/,
	// A name without a dot, such as that of a container.
	/^[^.:]+$/,
	/^(0|10|127)\./,
	/^169\.254\./,
	/^172\.(1[6-9]|2\d|3[01])\./,
	/^192\.168\./,
	/^\[(::1?|fe[89ab].*|f[cd].*|::ffff:.*)\]$/,
];

/** @returns true also for a text that is no URL, because nobody can call it */
export function isPrivateUrl(url: string): boolean {
	if (!URL.canParse(url)) return true;
	const { hostname } = new URL(url);
	return PRIVATE_HOSTS.some((pattern) => pattern.test(hostname));
}

/**
 * @param callbackUrl the address that the service is given
 * @param baseUrl that of the service: one that runs in the same private network can call back there
 * @returns what to tell the user; undefined when nothing speaks against it
 */
export function callbackWarning(callbackUrl: string, baseUrl: string): string | undefined {
	if (!isPrivateUrl(callbackUrl) || isPrivateUrl(baseUrl)) return undefined;
	// What follows the host lets its reader resume the execution.
	const address = callbackUrl.split('/', 3).join('/');
	return `The service cannot call n8n at ${address}, so n8n notices finished videos minutes late, and after a restart only when the maximum wait is over. Set the environment variable ${PUBLIC_ADDRESS_SETTING} to the address at which the internet reaches this n8n, or set Wait for Completion to Poll Until Finished.`;
}
