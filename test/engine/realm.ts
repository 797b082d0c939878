import { types } from 'node:util';

/**
 * Jest gives every test file globals of its own, while Node's errors and the reason of an aborted
 * signal belong to the outer ones: to n8n-core they would be no errors at all. Here they are again.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
	value(this: typeof Error, thing: unknown): boolean {
		if (Function.prototype[Symbol.hasInstance].call(this, thing)) return true;
		return this === Error && (types.isNativeError(thing) || thing instanceof DOMException);
	},
});
