/** Version numbers, and the files that hold ours. */

export const STEPS = ['major', 'minor', 'patch'] as const;

export type Step = (typeof STEPS)[number];

const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

function numbersOf(version: string): [number, number, number] {
	const [, major, minor, patch] = VERSION.exec(version) ?? [];
	if (patch === undefined) throw new Error(`"${version}" is not a version such as 1.2.3`);
	return [Number(major), Number(minor), Number(patch)];
}

function isLower(a: string, b: string): boolean {
	const [left, right] = [numbersOf(a), numbersOf(b)];
	const at = left.findIndex((number, index) => number !== right[index]);
	return at >= 0 && (left[at] ?? 0) < (right[at] ?? 0);
}

/**
 * @param wanted a step, or a version. The version may be the current one: a first release has the
 * number that the package has had from the start.
 * @throws where it is neither, or lower than the current version
 */
export function nextVersion(current: string, wanted: string): string {
	const [major, minor, patch] = numbersOf(current);
	switch (wanted as Step) {
		case 'major':
			return `${major + 1}.0.0`;
		case 'minor':
			return `${major}.${minor + 1}.0`;
		case 'patch':
			return `${major}.${minor}.${patch + 1}`;
	}
	if (!VERSION.test(wanted)) {
		throw new Error(`Say what to release: ${STEPS.join(', ')} or a version, not "${wanted}"`);
	}
	if (isLower(wanted, current)) {
		throw new Error(`${wanted} is lower than ${current}, the version of today`);
	}
	return wanted;
}

interface Manifest {
	version: string;
	/** In a lock file: by folder, the package itself under ''. */
	packages?: Record<string, { version?: string }>;
}

export function versionIn(manifest: string): string {
	return (JSON.parse(manifest) as Manifest).version;
}

/** @param manifest the text of a package.json or package-lock.json, indented with tabs */
export function withVersion(manifest: string, version: string): string {
	const content = JSON.parse(manifest) as Manifest;
	content.version = version;
	const own = content.packages?.[''];
	if (own) own.version = version;
	return `${JSON.stringify(content, null, '\t')}\n`;
}
