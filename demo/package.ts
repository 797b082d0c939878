/** The n8n package of this repository, built and packed as it would be published. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './child';
import { name as PACKAGE_NAME } from '../package.json';

export { PACKAGE_NAME };

const ROOT = join(__dirname, '..');

export interface PackedPackage {
	/** The unpacked content. */
	folder: string;
	/** The archive that would go to the registry. */
	archive: string;
}

/** Compiles the package and copies its icons, into `dist/`. */
export async function buildPackage(): Promise<void> {
	const gulp = join(dirname(require.resolve('gulp')), 'bin', 'gulp.js');
	await run(process.execPath, [gulp, '--silent'], {
		cwd: ROOT,
		what: 'Building the package',
	});
}

/** Packs what `buildPackage` built, and unpacks it, both in an empty folder of the caller's. */
export async function packPackage(into: string): Promise<PackedPackage> {
	await run('npm', ['pack', '--ignore-scripts', '--silent', `--pack-destination=${into}`], {
		cwd: ROOT,
		what: 'Packing the package',
	});
	const archiveName = (await readdir(into)).find((file) => file.endsWith('.tgz'));
	if (!archiveName) throw new Error('npm pack made no archive.');
	const archive = join(into, archiveName);
	await run('tar', ['-xzf', archive, '-C', into], { what: 'Unpacking the package' });
	return { folder: join(into, 'package'), archive };
}
