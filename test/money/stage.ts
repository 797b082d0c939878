/** The n8n server that all scenarios share, and everything that it has ever said. */
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import type { N8nInstall } from '../../demo/install-n8n';
import { freePort } from '../../demo/n8n-process';
import type { N8nClient } from '../bench/n8n-client';
import { isAtLeast } from '../compat/is-at-least';
import { RestartableN8n } from '../durable/restartable-n8n';
import { certificatesFor, type Certificates } from '../e2e/world/certificates';
import { UNREACHABLE_HOST } from './front';
import { Gathering } from './gathering';

export class Stage {
	/** What n8n's processes have said, line by line. */
	readonly log: string[];
	/** At which scenarios meet for the kill. */
	gathering = new Gathering(0, () => Promise.resolve());

	private constructor(
		readonly install: N8nInstall,
		readonly home: string,
		readonly folder: string,
		readonly certificates: Certificates,
		readonly n8n: RestartableN8n,
		log: string[],
	) {
		this.log = log;
	}

	/** @param folder the run's own; the unpacked package is in it */
	static async open(install: N8nInstall, home: string, folder: string): Promise<Stage> {
		const certificates = await certificatesFor(['localhost']);
		const authority = join(folder, 'authority.pem');
		await writeFile(authority, certificates.authority);
		const log: string[] = [];
		const n8n = await RestartableN8n.start(install, home, await freePort(), {
			env: {
				NODE_EXTRA_CA_CERTS: authority,
				UNREACHABLE_HOST,
				NODE_OPTIONS: `--require ${join(__dirname, 'preload.cjs')}`,
			},
			onLine: (line) => log.push(line),
		});
		return new Stage(install, home, folder, certificates, n8n, log);
	}

	/** The package, as `npm install` would place it. */
	get packageFolder(): string {
		return join(this.folder, 'package');
	}

	get client(): N8nClient {
		return this.n8n.client;
	}

	/** Whether each execution has a token that *Retry* keeps. */
	get hasResumeToken(): boolean {
		return isAtLeast(this.install.version, '2.14.0');
	}

	/** Resolves once n8n has been killed and is there again; all scenarios of the phase meet here. */
	async killed(): Promise<void> {
		await this.gathering.arrive();
	}

	/** kill -9, and a start under another name: callback URLs are no longer what they were. */
	async killAndRename(): Promise<void> {
		await this.n8n.kill();
		const renamed = this.n8n.url.replace('127.0.0.1', 'localhost');
		await this.n8n.startAgain({ WEBHOOK_URL: renamed });
	}
}
