/** Whether the service can call an address of this n8n. */

/** Names and addresses that mean nothing outside a machine or a private network. */
const PRIVATE_HOST =
	/^(localhost|[^.:]+|.*\.(localhost|local|internal|lan)|0\.0\.0\.0|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|169\.254\..*|\[::1?\]|\[f[cd].*\]|\[fe80.*\])$/i;

/** @returns false for what is no URL */
export function isPrivateUrl(url: string): boolean {
	return URL.canParse(url) && PRIVATE_HOST.test(new URL(url).hostname);
}

/**
 * @param callbackUrl the address that the service is given
 * @param baseUrl that of the service: one that runs in the same private network can call back there
 * @returns what to tell the user; undefined when nothing speaks against it
 */
export function callbackWarning(callbackUrl: string, baseUrl: string): string | undefined {
	if (!isPrivateUrl(callbackUrl) || isPrivateUrl(baseUrl)) return undefined;
	const { origin } = new URL(callbackUrl);
	return `The service cannot call n8n at ${origin}, so nothing will end the wait before the maximum wait is over. Set the environment variable WEBHOOK_URL to the address at which the internet reaches this n8n, or use the operation Generate.`;
}
