/**
 * Loads a node package with n8n's own loader and prints how long that took, in ms. Run by
 * load-time.ts in a process of its own, by n8n's Node; plain JavaScript, so that no compiler of ours
 * is in that process.
 */
const { createRequire } = require('node:module');
const { performance } = require('node:perf_hooks');

const [, , n8nBin, barePackage, measuredPackage] = process.argv;
const requireOfN8n = createRequire(n8nBin);
requireOfN8n('reflect-metadata');
requireOfN8n('n8n-workflow');
const { LazyPackageDirectoryLoader } = requireOfN8n('n8n-core');

async function main() {
	// What the loader itself needs the first time is not ours to answer for.
	await new LazyPackageDirectoryLoader(barePackage).loadAll();
	const start = performance.now();
	await new LazyPackageDirectoryLoader(measuredPackage).loadAll();
	console.log(performance.now() - start);
}

void main();
