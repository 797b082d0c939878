/** Whether Docker Compose understands the example of a deployment. */
import { join } from 'node:path';
import { run } from '../../demo/child';

const FILE = join(__dirname, '..', '..', 'examples', 'docker-compose.queue.yml');
/** What the file asks for. */
const ENVIRONMENT = { N8N_ENCRYPTION_KEY: 'x', POSTGRES_PASSWORD: 'x', PUBLIC_URL: 'http://n8n/' };

/**
 * @returns what came of it, in words: there may be no Docker Compose here
 * @throws when it does not accept the file
 */
export async function checkComposeFile(): Promise<string> {
	const works = await run('docker', ['compose', 'version'], {
		what: 'docker compose version',
	}).then(
		() => true,
		() => false,
	);
	if (!works) return 'skipped: `docker compose` does not work here';
	await run('docker', ['compose', '--file', FILE, 'config', '--quiet'], {
		env: { ...process.env, ...ENVIRONMENT },
		what: 'docker compose config',
	});
	return 'accepted';
}
