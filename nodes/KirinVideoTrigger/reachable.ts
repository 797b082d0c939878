import type { IHookFunctions } from 'n8n-workflow';
import { isPrivateUrl, PUBLIC_ADDRESS_SETTING } from '../KirinVideo/suspend/reachable';

/** Warns in the log, because an unreachable URL is otherwise noticed only by calls that never come. */
export function warnIfUnreachable(functions: IHookFunctions): void {
	const url = functions.getNodeWebhookUrl('default') ?? '';
	if (!isPrivateUrl(url)) return;
	functions.logger.warn(
		`Kirin Video Trigger: the service cannot reach ${url} from outside. Set the environment variable ${PUBLIC_ADDRESS_SETTING} to n8n's public address, then copy the trigger's URL again.`,
	);
}
