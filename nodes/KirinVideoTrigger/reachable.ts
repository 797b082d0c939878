import type { IHookFunctions } from 'n8n-workflow';

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

/** As far as the host's name can tell; whether a firewall lets the service in, nobody here knows. */
export function isReachableFromOutside(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { hostname } = new URL(url);
	return !PRIVATE_HOSTS.some((pattern) => pattern.test(hostname));
}

/** An unreachable URL looks just like a service that never calls, so the log says it beforehand. */
export function warnIfUnreachable(functions: IHookFunctions): void {
	const url = functions.getNodeWebhookUrl('default') ?? '';
	if (isReachableFromOutside(url)) return;
	functions.logger.warn(
		`Kirin Video Trigger: the service cannot reach ${url} from outside. Set the environment variable WEBHOOK_URL to n8n's public address, then copy the trigger's URL again.`,
	);
}
