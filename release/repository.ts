/** The clone that a release is made in. */
import { spawnSync } from 'node:child_process';

export interface Repository {
	branch: () => string;
	/** Files that are changed or not yet known to git, one per line. */
	changes: () => string;
	hasTag: (tag: string) => boolean;
	/** Commits these files, and tags the commit. Nothing is pushed. */
	commit: (files: string[], message: string, tag: string) => void;
}

export function repositoryIn(folder: string): Repository {
	function git(...args: string[]): string {
		const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
		if (status !== 0) throw new Error(`git ${args[0]} failed: ${stderr}`);
		return stdout.trim();
	}

	return {
		branch: () => git('branch', '--show-current'),
		changes: () => git('status', '--porcelain'),
		hasTag: (tag) => git('tag', '--list', tag) !== '',
		commit(files, message, tag) {
			git('add', ...files);
			git('commit', '--quiet', '--message', message);
			git('tag', '--annotate', tag, '--message', message);
		},
	};
}
