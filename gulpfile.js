const { execFileSync } = require('node:child_process');
const { rmSync } = require('node:fs');
const { join } = require('node:path');
const { dest, parallel, series, src } = require('gulp');

/** A stale file in dist would be published, so every build starts from nothing. */
async function clean() {
	rmSync('dist', { recursive: true, force: true });
}

async function compile() {
	execFileSync(process.execPath, [require.resolve('typescript/bin/tsc')], { stdio: 'inherit' });
}

/** Icons and codex files, which tsc leaves behind. */
function copyAssets() {
	return src(['nodes/**/*.{svg,json}', 'credentials/**/*.svg'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));
}

/** What n8n shows of the nodes, as JSON, so that it need not load their code when it starts. */
async function describe() {
	const n8nCore = join(require.resolve('n8n-core/package.json'), '..');
	execFileSync(process.execPath, [join(n8nCore, 'bin', 'generate-metadata')], { stdio: 'inherit' });
	// n8n reads known/ and types/; this third folder is for n8n's own tests of its nodes.
	rmSync('dist/methods', { recursive: true });
}

exports.default = series(clean, parallel(compile, copyAssets), describe);
