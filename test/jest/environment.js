/**
 * Test files run beside Node's own globals, as nodes do in n8n, and not in a context of their own: an
 * error of Node is an `Error` there, and what one file has loaded of node_modules serves the files that
 * its worker runs after it (dependency.js). The package's own modules are loaded anew for each file.
 */
const { createRequire } = require('node:module');
const vm = require('node:vm');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

const HERE = {};

// Jest compiles each module for a context and knows no way to say "this one".
const { compileFunction } = vm;
vm.compileFunction = (code, parameters, { parsingContext, ...options } = {}) =>
	compileFunction(
		code,
		parameters,
		parsingContext === HERE ? options : { ...options, parsingContext },
	);

globalThis.loadDependency = createRequire(__filename);

module.exports = class {
	global = globalThis;
	moduleMocker = new ModuleMocker(globalThis);
	fakeTimers = null;
	before = { exit: process.exit, console, env: process.env };

	constructor({ projectConfig }) {
		this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
		Object.assign(globalThis, projectConfig.globals);
		process.env = { ...process.env };
		delete globalThis.__coverage__;
	}

	getVmContext() {
		return HERE;
	}

	exportConditions() {
		return ['node', 'node-addons'];
	}

	async setup() {}

	async teardown() {
		this.fakeTimersModern.dispose();
		const { exit, console, env } = this.before;
		Object.assign(process, { exit, env });
		globalThis.console = console;
	}
};
