/** Loaded into n8n before anything else: what no scenario can bring about from outside. */
const { Socket } = require('node:net');
const { Script } = require('node:vm');

const { UNREACHABLE_HOST } = process.env;

const { connect } = Socket.prototype;

/**
 * A connection to this address that the other side resets ends as if the host had become unreachable in
 * the middle of it.
 *
 * @this {import('node:net').Socket}
 */
Socket.prototype.connect = function (...given) {
	const [options] = [given[0]].flat();
	if (options?.host === UNREACHABLE_HOST) {
		const destroy = this._destroy;
		this._destroy = (error, done) => destroy.call(this, error && unreachable(), done);
	}
	return connect.apply(this, given);
};

function unreachable() {
	const known = { code: 'EHOSTUNREACH', syscall: 'read' };
	return Object.assign(new Error('read EHOSTUNREACH'), known);
}

/** In ms: what n8n gives a regular expression of a display condition. */
const REGEX_TIMEOUT_MS = 250;

const { runInContext } = Script.prototype;

/**
 * n8n fails a node whose expression takes longer, by the wall clock: a machine with too much to do is
 * enough for that.
 *
 * @this {import('node:vm').Script}
 */
Script.prototype.runInContext = function (context, options) {
	const isRegex = options?.timeout === REGEX_TIMEOUT_MS;
	return runInContext.call(this, context, isRegex ? { ...options, timeout: undefined } : options);
};
