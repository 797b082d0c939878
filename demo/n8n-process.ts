/** n8n processes, each in a home of its own and deaf to the n8n settings of the machine. */
import { createServer } from 'node:net';
import { run, startChild, type Child } from './child';
import type { N8nInstall } from './pinned-n8n';

export interface N8nOptions {
	/** The folder that holds n8n's database and files. */
	userFolder: string;
	/** Further settings; they win over ours. */
	env?: NodeJS.ProcessEnv;
	onLine?: (line: string) => void;
}

/** Settings of a developer's own n8n, of a test run or of npm that runs it, which must not reach ours. */
const FOREIGN_SETTINGS =
	/^(N8N|DB|EXECUTIONS|QUEUE|WEBHOOK|CREDENTIALS|NODES|GENERIC|JEST|npm)_|^NODE_(OPTIONS|ENV)$/;

/** Runs an n8n command to its end and returns its standard output. */
export async function runN8n(install: N8nInstall, args: string[], options: N8nOptions) {
	return await run(install.nodeBin, [install.n8nBin, ...args], {
		...(await processOptions(install, options)),
		what: `n8n ${args[0] ?? ''}`,
	});
}

/** Starts an n8n process that stays, such as `start`, `worker` or `webhook`. */
export async function startN8n(
	install: N8nInstall,
	args: string[],
	options: N8nOptions,
): Promise<Child> {
	return startChild(
		install.nodeBin,
		[install.n8nBin, ...args],
		await processOptions(install, options),
	);
}

async function processOptions(install: N8nInstall, { userFolder, env, onLine }: N8nOptions) {
	const inherited = Object.entries(install.env).filter(([name]) => !FOREIGN_SETTINGS.test(name));
	return {
		cwd: userFolder,
		onLine,
		env: {
			...Object.fromEntries(inherited),
			N8N_USER_FOLDER: userFolder,
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_SECURE_COOKIE: 'false', // plain HTTP on this machine
			// Its runs are nobody's statistics. What n8n still asks of its makers at its start it does without.
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
			N8N_DYNAMIC_BANNERS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_VERIFIED_PACKAGES_ENABLED: 'false',
			N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_HIRING_BANNER_ENABLED: 'false',
			// The sandbox is on this machine; a proxy could not find it.
			NO_PROXY: ['127.0.0.1', 'localhost', process.env.NO_PROXY ?? ''].filter(Boolean).join(','),
			no_proxy: ['127.0.0.1', 'localhost', process.env.no_proxy ?? ''].filter(Boolean).join(','),
			...env,
		},
	};
}

/** A port that was free a moment ago, or `wanted` if that one is. */
export async function freePort(wanted?: number): Promise<number> {
	const attempt = (port: number) =>
		new Promise<number>((resolve, reject) => {
			const server = createServer();
			server.once('error', reject);
			server.listen(port, '127.0.0.1', () => {
				const address = server.address();
				server.close(() => resolve(address && typeof address === 'object' ? address.port : port));
			});
		});
	if (wanted !== undefined) {
		try {
			return await attempt(wanted);
		} catch {
			// taken: any other will do
		}
	}
	return await attempt(0);
}
