/** Checks what a user of the published package gets: its files, and that n8n's own loader takes them. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PackageDirectoryLoader } from 'n8n-core';
import { buildPackage, packPackage, type PackedPackage } from '../../demo/package';
import { findingsIn } from './scan';

/** A node package is code and icons; something large in it got there by mistake. */
const SIZE_LIMIT_BYTES = 200_000;

interface Manifest {
	name: string;
	main: string;
	dependencies?: object;
	optionalDependencies?: object;
	bundleDependencies?: unknown;
	n8n: { nodes: string[]; credentials: string[] };
}

type IconUrl = string | { light: string; dark: string } | undefined;

let passed = 0;
let failed = 0;

async function check(statement: string, verify: () => void | Promise<void>): Promise<void> {
	try {
		await verify();
		passed += 1;
		console.log(`✓ ${statement}`);
	} catch (error) {
		failed += 1;
		console.log(`✗ ${statement}\n  ${(error as Error).message.replaceAll('\n', '\n  ')}`);
	}
}

/** The names of all files below a folder, with forward slashes. */
async function filesIn(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) =>
			join(entry.parentPath, entry.name)
				.slice(folder.length + 1)
				.replaceAll('\\', '/'),
		)
		.sort();
}

/** The file that n8n serves for an icon address of the form `icons/<package>/<path>`. */
function iconFiles(packageName: string, icon: IconUrl): string[] {
	const urls = typeof icon === 'string' ? [icon] : Object.values(icon ?? {});
	return urls.map((url) => url.replace(`icons/${packageName}/`, ''));
}

async function checkFiles({ folder, archive }: PackedPackage, manifest: Manifest): Promise<void> {
	const files = await filesIn(folder);
	const sources = join(__dirname, '..', '..');

	await check('has a manifest, a readme, a licence and a list of changes', () => {
		for (const name of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'index.js']) {
			assert.ok(files.includes(name), `${name} is missing`);
		}
	});
	await check('has nothing else but compiled code, icons and codex files', () => {
		const top = new Set(['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'index.js']);
		const foreign = files.filter(
			(name) =>
				!top.has(name) && !/^dist\/(nodes|credentials)\/.+\.(js|node\.json|svg)$/.test(name),
		);
		assert.deepEqual(foreign, []);
	});
	await check('has every source file compiled and every icon and codex file copied', async () => {
		for (const room of ['nodes', 'credentials']) {
			for (const name of await filesIn(join(sources, room))) {
				if (name.endsWith('.d.ts')) continue;
				const built = `dist/${room}/${name.replace(/\.ts$/, '.js')}`;
				assert.ok(files.includes(built), `${built} is missing`);
			}
		}
	});
	await check('has no compiled file whose source is gone', () => {
		const stale = files.filter((name) => {
			if (!name.startsWith('dist/')) return false;
			const source = name.slice('dist/'.length).replace(/\.js$/, '.ts');
			return !existsSync(join(sources, source));
		});
		assert.deepEqual(stale, []);
	});
	await check('brings no dependencies', () => {
		const { dependencies = {}, optionalDependencies = {}, bundleDependencies } = manifest;
		assert.deepEqual({ ...dependencies, ...optionalDependencies }, {});
		assert.equal(bundleDependencies, undefined);
	});
	await check("passes n8n's scan of community packages", async () => {
		assert.equal(await findingsIn(folder), '');
	});
	await check(`is smaller than ${SIZE_LIMIT_BYTES / 1000} kB`, () => {
		const { size } = statSync(archive);
		console.log(`  packed: ${(size / 1000).toFixed(1)} kB in ${files.length} files`);
		assert.ok(size < SIZE_LIMIT_BYTES, `it has ${size} bytes`);
	});
}

/** n8n offers this one package to every community node; nothing else may be required. */
async function offerPeer({ folder }: PackedPackage): Promise<void> {
	const modules = join(dirname(folder), 'node_modules');
	await mkdir(modules);
	const peer = dirname(require.resolve('n8n-workflow/package.json'));
	await symlink(peer, join(modules, 'n8n-workflow'), 'junction');
}

async function checkLoading({ folder }: PackedPackage, manifest: Manifest): Promise<void> {
	const loader = new PackageDirectoryLoader(folder);

	await check(
		"loads with n8n's own loader, with every node and credential it declares",
		async () => {
			await loader.loadAll();
			assert.equal(loader.packageName, manifest.name);
			assert.equal(Object.keys(loader.nodeTypes).length, manifest.n8n.nodes.length);
			assert.equal(Object.keys(loader.credentialTypes).length, manifest.n8n.credentials.length);
			for (const name of ['kirinVideo', 'kirinVideoTrigger']) {
				assert.ok(loader.nodeTypes[name], `there is no node ${name}`);
			}
			assert.ok(loader.credentialTypes.kirinVideoApi, 'there is no credential kirinVideoApi');
		},
	);
	await check('shows each node with an icon that is in the package', () => {
		for (const { name, iconUrl } of loader.types.nodes) {
			const icons = iconFiles(manifest.name, iconUrl);
			assert.ok(icons.length > 0, `${name} has none`);
			for (const icon of icons) assert.ok(existsSync(join(folder, icon)), `${icon} is missing`);
		}
	});
	await check('shows each credential with an icon that is in the package', () => {
		for (const { name, iconUrl } of loader.types.credentials) {
			const icons = iconFiles(manifest.name, iconUrl);
			assert.ok(icons.length > 0, `${name} has none`);
			for (const icon of icons) assert.ok(existsSync(join(folder, icon)), `${icon} is missing`);
		}
	});
	await check('files each node under its categories, with links to its documentation', () => {
		for (const { name, codex } of loader.types.nodes) {
			// n8n itself files every community node under this one; the codex file has to name more.
			const own = codex?.categories?.filter((category) => category !== 'Custom Nodes') ?? [];
			assert.ok(own.length > 0, `${name} has no category`);
			assert.ok(codex?.resources?.primaryDocumentation?.length, `${name} has no documentation`);
		}
	});
	await check('lets each node use only credentials that it brings', () => {
		for (const { name, credentials = [] } of loader.types.nodes) {
			for (const { name: credential } of credentials) {
				assert.ok(loader.credentialTypes[credential], `${name} wants ${credential}`);
			}
		}
	});
	await check('can be required by its main file', () => {
		// eslint-disable-next-line @typescript-eslint/no-require-imports -- that is what is checked
		const exported = Object.keys(require(join(folder, manifest.main)) as object);
		for (const name of ['KirinVideo', 'KirinVideoTrigger', 'KirinVideoApi']) {
			assert.ok(exported.includes(name), `it exports only ${exported.join(', ')}`);
		}
	});
}

async function main(): Promise<void> {
	await buildPackage();
	const temporary = await mkdtemp(join(tmpdir(), 'kirin-video-package-'));
	try {
		const packed = await packPackage(temporary);
		const manifest = JSON.parse(
			readFileSync(join(packed.folder, 'package.json'), 'utf8'),
		) as Manifest;
		await checkFiles(packed, manifest);
		await offerPeer(packed);
		await checkLoading(packed, manifest);
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
}

main()
	.catch((error: Error) => {
		failed += 1;
		console.error(error.message);
	})
	.finally(() => {
		console.log(`${passed} passed, ${failed} failed`);
		process.exitCode = failed ? 1 : 0;
	});
