/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	// The machines that run this are shared and slow at times; nothing here measures time.
	testTimeout: 60_000,
	setupFiles: ['<rootDir>/test/engine/realm.ts'],
	testMatch: ['<rootDir>/test/(unit|engine|sandbox|wire)/**/*.test.ts'],
	transform: {
		'\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
	},
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
