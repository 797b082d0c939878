/** The files in a home of n8n. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How many files there have so many bytes. */
export async function storedFiles(home: string, bytes: number): Promise<number> {
	const entries = await readdir(join(home, '.n8n'), { recursive: true, withFileTypes: true });
	const files = entries.filter(
		(entry) => entry.isFile() && !entry.parentPath.includes('node_modules'),
	);
	const sizes = await Promise.all(
		files.map(async (file) => await sizeOf(join(file.parentPath, file.name))),
	);
	return sizes.filter((size) => size === bytes).length;
}

/** In bytes; undefined for a file that is gone meanwhile. */
async function sizeOf(path: string): Promise<number | undefined> {
	return await stat(path).then(
		({ size }) => size,
		() => undefined,
	);
}
