/** The videos in a home of n8n. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where an MP4 names its kind, and how. */
const NAME = { at: 4, text: 'ftyp' };

export async function storedVideos(home: string): Promise<number> {
	const entries = await readdir(join(home, '.n8n'), { recursive: true, withFileTypes: true });
	const files = entries.filter(
		(entry) => entry.isFile() && !entry.parentPath.includes('node_modules'),
	);
	const found = await Promise.all(files.map((file) => isVideo(join(file.parentPath, file.name))));
	return found.filter(Boolean).length;
}

async function isVideo(path: string): Promise<boolean> {
	const file = await open(path).catch(() => undefined); // gone meanwhile
	if (!file) return false;
	const buffer = Buffer.alloc(NAME.at + NAME.text.length);
	await file.read(buffer, 0, buffer.length, 0);
	await file.close();
	return buffer.toString('latin1', NAME.at) === NAME.text;
}
