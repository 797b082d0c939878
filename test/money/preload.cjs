/** Loaded into n8n before anything else: what no scenario can bring about from outside. */
const { Socket } = require('node:net');

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
