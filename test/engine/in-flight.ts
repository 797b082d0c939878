/**
 * What is under way where no clock of ours runs: bytes between two sockets of this process, and
 * decompression on threads. It is counted and not waited for, so that a slow machine changes nothing.
 */
import net from 'node:net';
import { createBrotliDecompress, createGunzip } from 'node:zlib';

interface Handle {
	bytesWritten: number;
	/** Whether it is read from: what nobody reads is not on its way. */
	reading: boolean;
}

interface Peer extends net.Socket {
	_handle?: Handle | null;
	encrypted?: boolean;
}

const sockets = new Set<Peer>();
const peers = new WeakMap<Peer, Peer>();

/** To be called for each socket by its first move at the latest. */
export function noteSocket(socket: net.Socket): void {
	sockets.add(socket);
}

/** Whether a socket has bytes to come that another one has sent. */
export function areBytesInFlight(): boolean {
	const byEnds = new Map<string, Peer>();
	for (const socket of sockets) {
		if (socket.destroyed || !socket._handle) sockets.delete(socket);
		else byEnds.set(ends(socket, true), socket);
	}
	for (const socket of sockets) {
		const sent = socket._handle?.bytesWritten ?? 0;
		const peer = peers.get(socket) ?? byEnds.get(ends(socket, false));
		// A connection that is not accepted yet has its request before it.
		if (!peer && sent > 0) return true;
		if (!peer) continue;
		peers.set(socket, peer);
		// Of an encrypted connection the bytes that are read are fewer than those that are written.
		if (socket.encrypted || peer.encrypted) continue;
		if (!peer.destroyed && peer._handle?.reading && sent > peer.bytesRead) return true;
	}
	return false;
}

function ends(socket: net.Socket, isOwn: boolean): string {
	const own = `${socket.localAddress}:${socket.localPort}`;
	const other = `${socket.remoteAddress}:${socket.remotePort}`;
	return isOwn ? `${own} ${other}` : `${other} ${own}`;
}

let decompressing = 0;

/** Whether a thread is at work on a compressed answer. */
export function isDecompressing(): boolean {
	return decompressing > 0;
}

type Callback = (this: unknown, ...args: unknown[]) => unknown;

interface ZlibHandle {
	init: (this: ZlibHandle, ...args: unknown[]) => unknown;
	write: (this: ZlibHandle, ...args: unknown[]) => unknown;
	onerror: Callback;
}

/** Counts what zlib's handles do on threads: each `write` ends with the callback of `init`, or with an error. */
export function watchDecompression(): () => void {
	const restores = [createGunzip(), createBrotliDecompress()].map((stream) => {
		const handle = (stream as unknown as { _handle: ZlibHandle })._handle;
		const prototype = Object.getPrototypeOf(handle) as ZlibHandle;
		stream.destroy();
		const { init, write } = prototype;
		const watched = new WeakSet<ZlibHandle>();
		const counted = (callback: Callback): Callback =>
			function (...args) {
				decompressing--;
				return callback.apply(this, args);
			};
		prototype.init = function (...args) {
			const all = args.map((one) => (typeof one === 'function' ? counted(one as Callback) : one));
			return init.apply(this, all);
		};
		prototype.write = function (...args) {
			// Set behind `init`, and once for each handle.
			if (!watched.has(this)) this.onerror = counted(this.onerror);
			watched.add(this);
			decompressing++;
			return write.apply(this, args);
		};
		return () => Object.assign(prototype, { init, write });
	});
	return () => restores.forEach((restore) => restore());
}
