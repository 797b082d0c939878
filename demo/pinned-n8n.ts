/** The versions of n8n that lock files of this repository pin, and what an install of one is. */
import { join } from 'node:path';
import { dependencies as newestDependencies } from './n8n/package.json';
import { dependencies as oldestDependencies } from '../test/compat/n8n-2.0/package.json';

export interface PinnedN8n {
	version: string;
	/** Where its package.json and its lock are, and where it is installed. */
	folder: string;
	/** The major versions of Node that it is run with; the folder's own `node/` brings the first one. */
	nodeMajors: [number, ...number[]];
}

/** A pinned n8n that is installed on this machine. */
export interface N8nInstall {
	/** n8n's version. */
	version: string;
	nodeBin: string;
	/** The folder that n8n and all that it depends on is in. */
	modules: string;
	/** n8n's command-line script, to be run by `nodeBin`. */
	n8nBin: string;
	/** A home with n8n's database tables in it and nothing else, to be copied. */
	emptyHome: string;
	/** What every n8n process of this install needs. */
	env: NodeJS.ProcessEnv;
}

/** What the demo shows, and what every suite runs with unless told otherwise. */
export const NEWEST: PinnedN8n = {
	version: newestDependencies.n8n,
	folder: join(__dirname, 'n8n'),
	// It wants Node 24 or newer, and its sandbox, isolated-vm, ships binaries for these.
	nodeMajors: [24, 26],
};

/** The oldest that the package is meant for. */
export const OLDEST: PinnedN8n = {
	version: oldestDependencies.n8n,
	folder: join(__dirname, '..', 'test', 'compat', 'n8n-2.0'),
	nodeMajors: [20],
};

const PINNED: Record<string, PinnedN8n> = { oldest: OLDEST, newest: NEWEST };

/** @param name `oldest` or `newest` @throws for any other */
export function pinnedN8n(name: string): PinnedN8n {
	const pinned = PINNED[name];
	if (!pinned)
		throw new Error(`There is no "${name}" n8n, only ${Object.keys(PINNED).join(', ')}.`);
	return pinned;
}
