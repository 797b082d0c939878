/** Checks what a user of the published package gets: its files, and that n8n's own loader takes them. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LazyPackageDirectoryLoader, PackageDirectoryLoader } from 'n8n-core';
import { run } from '../../demo/child';
import { buildPackage, PACKAGE_NAME, packPackage, type PackedPackage } from '../../demo/package';
import { readComposeFile } from '../unit/compose-files';
import { findingsIn } from './scan';

const ROOT = join(__dirname, '..', '..');
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

/** What `npm run build` makes of the nodes' descriptions, without a source file of its own. */
const METADATA = /^dist\/(known|types)\/(nodes|credentials)\.json$/;

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

	await check('has a manifest, a readme, a licence and a list of changes', () => {
		for (const name of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'index.js']) {
			assert.ok(files.includes(name), `${name} is missing`);
		}
	});
	await check('has nothing else but compiled code, icons, codex files and metadata', () => {
		const top = new Set(['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'index.js']);
		const foreign = files.filter(
			(name) =>
				!top.has(name) &&
				!METADATA.test(name) &&
				!/^dist\/(nodes|credentials)\/.+\.(js|node\.json|svg)$/.test(name),
		);
		assert.deepEqual(foreign, []);
	});
	await check('has every source file compiled and every icon and codex file copied', async () => {
		for (const room of ['nodes', 'credentials']) {
			for (const name of await filesIn(join(ROOT, room))) {
				if (name.endsWith('.d.ts')) continue;
				const built = `dist/${room}/${name.replace(/\.ts$/, '.js')}`;
				assert.ok(files.includes(built), `${built} is missing`);
			}
		}
	});
	await check('has no compiled file whose source is gone', () => {
		const stale = files.filter((name) => {
			if (!name.startsWith('dist/') || METADATA.test(name)) return false;
			const source = name.slice('dist/'.length).replace(/\.js$/, '.ts');
			return !existsSync(join(ROOT, source));
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

/** What is left of an object in a JSON file: neither functions nor what is undefined. */
function asJson(value: unknown): unknown {
	return JSON.parse(JSON.stringify(value));
}

/** The files of the package that Node has loaded. */
function loadedFiles({ folder }: PackedPackage): string[] {
	const root = realpathSync(folder);
	return Object.keys(require.cache).filter((file) => file.startsWith(root));
}

/** n8n 2.x loads installed packages with this loader, which needs no code before a node is used. */
async function checkLazyLoading(packed: PackedPackage): Promise<void> {
	const lazy = new LazyPackageDirectoryLoader(packed.folder);
	await check('loads without any of its code when n8n starts', async () => {
		await lazy.loadAll();
		assert.ok(lazy.isLazyLoaded, 'n8n falls back to loading everything');
		assert.deepEqual(loadedFiles(packed), []);
	});

	const eager = new PackageDirectoryLoader(packed.folder);
	await eager.loadAll();
	await check('shows the same nodes, fields and credentials as its code does', () => {
		assert.deepEqual(lazy.types, asJson(eager.types));
		assert.deepEqual(lazy.known, asJson(eager.known));
	});
	await check('loads the code of each node and credential once it is used', () => {
		for (const name of Object.keys(eager.nodeTypes)) {
			const [used, whole] = [lazy.getNode(name).type, eager.getNode(name).type];
			assert.ok('description' in used && 'description' in whole);
			// n8n knows the package's version only while it loads everything; its statistics alone use it.
			const expected = { ...whole.description, communityNodePackageVersion: undefined };
			assert.deepEqual(asJson(used.description), asJson(expected));
			assert.deepEqual(abilitiesOf(used), abilitiesOf(whole));
		}
		for (const name of Object.keys(eager.credentialTypes)) {
			const [used, whole] = [lazy.getCredential(name).type, eager.getCredential(name).type];
			// Which nodes use it stands in known/, for n8n asks there.
			assert.deepEqual(asJson({ ...used, supportedNodes: whole.supportedNodes }), asJson(whole));
			assert.equal(typeof used.authenticate, typeof whole.authenticate);
		}
	});
}

/** The names of all functions that n8n may call on a node: its own, and those of `methods`. */
function abilitiesOf(node: object): string[] {
	const { methods = {}, webhookMethods = {}, ...own } = node as Record<string, object>;
	const groups = { ...methods, ...webhookMethods, customOperations: own.customOperations ?? {} };
	return [
		...Object.getOwnPropertyNames(Object.getPrototypeOf(node)),
		...Object.keys(own),
		...Object.entries(groups).flatMap(([name, group]) =>
			Object.keys(group).map((method) => `${name}.${method}`),
		),
	].sort();
}

/** n8n takes a package into n8n Cloud only where this command calls it eligible. */
async function checkCloudSupport(): Promise<void> {
	await check('is eligible for n8n Cloud', async () => {
		const cli = join(dirname(require.resolve('@n8n/node-cli/eslint')), '..', '..', 'bin');
		const said = await run(process.execPath, [join(cli, 'n8n-node.mjs'), 'cloud-support'], {
			cwd: ROOT,
			env: { ...process.env, NO_COLOR: '1' },
			what: 'n8n-node cloud-support',
		});
		assert.match(said, /Status: eligible/);
	});
}

/** The command of the Compose file that puts the package where every container of n8n finds it. */
async function checkContainerInstall({ archive, folder }: PackedPackage): Promise<void> {
	await check("is installed by the Compose file's command, without the network", async () => {
		const { services } = readComposeFile('docker-compose.queue.yml');
		const [shell = '', option = '', command = ''] = services['install-nodes']?.entrypoint ?? [];
		const place = join(dirname(folder), 'container');
		// There, a dollar sign is written twice. The user that owns the files is one of the image.
		const [install = ''] = command.replaceAll('$$', '$').split(' && chown ');
		await run(shell, [option, install.replace('/nodes', place)], {
			cwd: dirname(folder),
			env: { ...process.env, KIRIN_VIDEO: archive, npm_config_offline: 'true' },
			what: 'Installing as in a container',
		});
		const loader = new PackageDirectoryLoader(join(place, 'node_modules', PACKAGE_NAME));
		await loader.loadAll();
		assert.ok(loader.nodeTypes.kirinVideo, 'there is no node kirinVideo');
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
		await checkLazyLoading(packed);
		await checkLoading(packed, manifest);
		await checkContainerInstall(packed);
		await checkCloudSupport();
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
