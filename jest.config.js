/** What tests import of node_modules, or import together with n8n-core: loaded once for each worker. */
const SHARED =
	'n8n-core|n8n-workflow|@n8n/(di|backend-common)|reflect-metadata|fast-check|selfsigned|typescript|axios|mediabunny';

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: '<rootDir>/test/jest/environment.js',
	// The machines that run this are shared and slow at times; nothing here measures time.
	testTimeout: 300_000,
	// A machine of two cores would be left one of them.
	maxWorkers: '100%',
	testMatch: ['<rootDir>/test/(unit|engine|sandbox|upgrade|wire)/**/*.test.ts'],
	transform: {
		'\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
		[`/node_modules/(${SHARED})/.*\\.[cm]?js$`]: '<rootDir>/test/jest/dependency.js',
	},
	transformIgnorePatterns: [],
	// A loader of TypeScript outside Jest needs the ending, or it takes the codex file, *.node.json.
	moduleNameMapper: { '^(.*/KirinVideo(?:Trigger)?\\.node)\\.js$': '$1' },
	modulePathIgnorePatterns: [
		'<rootDir>/dist/',
		'<rootDir>/demo/n8n/',
		'<rootDir>/test/compat/n8n-2.0/',
	],
	collectCoverageFrom: ['nodes/**/*.ts', 'credentials/**/*.ts'],
	coverageReporters: ['text', 'html'],
	coverageThreshold: { global: { lines: 100 } },
};
