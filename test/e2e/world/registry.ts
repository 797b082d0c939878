/** Stands in for the registry that n8n installs community packages from; it has our package only. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { N8nInstall } from '../../../demo/install-n8n';
import type { StandIn, WorldAnswer, WorldRequest } from './outside-world';

/** Where n8n says which registry it asks unless told otherwise. */
const CONFIG = 'n8n/dist/modules/community-packages/community-packages.config.js';
const DEFAULT_REGISTRY = /registry = 'https:\/\/([^/']+)'/;

interface Manifest {
	name: string;
	version: string;
}

export class Registry {
	readonly hosts: Record<string, StandIn>;
	private readonly archive: Buffer;
	private readonly manifest: Manifest;
	private readonly host: string;

	/** @param archive what would be published */
	constructor({ modules }: N8nInstall, archive: string, packageFolder: string) {
		const [, host] = DEFAULT_REGISTRY.exec(readFileSync(join(modules, CONFIG), 'utf8')) ?? [];
		if (host === undefined) throw new Error(`${CONFIG} does not name a registry.`);
		this.host = host;
		this.hosts = { [host]: (request) => this.answer(request) };
		this.archive = readFileSync(archive);
		const manifest = readFileSync(join(packageFolder, 'package.json'), 'utf8');
		this.manifest = JSON.parse(manifest) as Manifest;
	}

	private answer({ method, path }: WorldRequest): WorldAnswer | undefined {
		if (method !== 'GET') return undefined;
		const { name, version } = this.manifest;
		switch (path) {
			case `/${name}`:
				return {
					body: {
						name,
						'dist-tags': { latest: version },
						versions: { [version]: this.published() },
					},
				};
			case `/${name}/latest`:
				return { body: this.published() };
			case `/${name}/-/package.tgz`:
				return { body: this.archive };
			default:
				return undefined;
		}
	}

	private published(): object {
		const digest = createHash('sha512').update(this.archive).digest('base64');
		const tarball = `https://${this.host}/${this.manifest.name}/-/package.tgz`;
		return { ...this.manifest, dist: { tarball, integrity: `sha512-${digest}` } };
	}
}
