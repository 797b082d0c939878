/** n8n's settings for queue mode, the same for every process: docs/scaling.md says why. */
import { randomBytes } from 'node:crypto';

/** A worker renews its hold on a job so often … */
const LOCK_RENEW_MS = 2_000;
/** … and a job that nobody has renewed for so long has lost its worker. */
const LOCK_MS = 15_000;
/** How often the workers look for such jobs. */
const STALLED_CHECK_MS = 5_000;

export function queueModeSettings(services: NodeJS.ProcessEnv, webhookUrl: string) {
	return {
		...services,
		EXECUTIONS_MODE: 'queue',
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		N8N_WEBHOOK_URL: `${webhookUrl}/`,
		// Otherwise main answers production webhooks as well.
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		N8N_DEFAULT_BINARY_DATA_MODE: 'database',
		QUEUE_WORKER_LOCK_DURATION: String(LOCK_MS),
		QUEUE_WORKER_LOCK_RENEW_TIME: String(LOCK_RENEW_MS),
		QUEUE_WORKER_STALLED_INTERVAL: String(STALLED_CHECK_MS),
		N8N_EVENTBUS_RECOVERY_MODE: 'simple',
		N8N_LOG_LEVEL: 'info', // the IDs of tasks are logged at this level
	};
}
