import type { IHookFunctions } from 'n8n-workflow';
import { isPrivateUrl } from '../KirinVideo/suspend/reachable';

/** An unreachable URL looks just like a service that never calls, so the log says it beforehand. */
export function warnIfUnreachable(functions: IHookFunctions): void {
	const url = functions.getNodeWebhookUrl('default') ?? '';
	if (!isPrivateUrl(url)) return;
	functions.logger.warn(
		`Kirin Video Trigger: the service cannot reach ${url} from outside. Set the environment variable WEBHOOK_URL to n8n's public address, then copy the trigger's URL again.`,
	);
}
