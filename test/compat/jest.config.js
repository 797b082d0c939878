const { join } = require('node:path');
const base = require('../../jest.config.js');

/** The `node_modules` of an installed n8n. */
const modules = process.env.ENGINE_MODULES;
if (!modules) throw new Error('ENGINE_MODULES is to name the folder of the engine');

/**
 * The engine suite on the engine of an installed n8n, in the place of the one that the package is
 * developed with. Whatever n8n-core and a test have to share is looked up there.
 * @type {import('jest').Config}
 */
module.exports = {
	...base,
	rootDir: join(__dirname, '..', '..'),
	testMatch: ['<rootDir>/test/(engine|upgrade)/**/*.test.ts'],
	// Its minutes go into our own limiter, which is the same with each n8n.
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/engine/many-items.test.ts'],
	moduleNameMapper: {
		'^(n8n-core|n8n-workflow|reflect-metadata|@n8n/di|@n8n/backend-common)$': join(modules, '$1'),
		'^n8n-core/package.json$': join(modules, 'n8n-core', 'package.json'),
	},
	// A timer of n8n-core 2.0, for its SSH connections, would keep the process for ever.
	forceExit: true,
};
