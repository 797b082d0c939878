/** The suite in a real n8n server; one file at a time, for each has a server of its own. */
/** @type {import('jest').Config} */
module.exports = {
	rootDir: '../..',
	testEnvironment: 'node',
	// These machines are shared and slow at times, and nothing here measures time.
	testTimeout: 120_000,
	maxWorkers: 1,
	globalSetup: '<rootDir>/test/e2e/prepare.ts',
	testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
	transform: require('../../jest.config').transform,
	modulePathIgnorePatterns: require('../../jest.config').modulePathIgnorePatterns,
};
