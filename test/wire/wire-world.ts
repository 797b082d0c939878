/** One lying server and one virtual time, for the tests of a file. */
import { watcher } from '../../nodes/KirinVideo/suspend/watcher';
import { binaryBytes } from '../engine/engine';
import { prepareEngine } from '../engine/session';
import { findKey } from './key-forms';
import { startLyingServer, type LyingServer, type Script } from './lying-server';
import { VirtualTime, installVirtualTime } from '../engine/virtual-time';
import {
	MAXIMUM_WAIT_MINUTES,
	WAYS,
	type Life,
	type LifeOptions,
	type Way,
	type WayName,
} from './ways';

/** What one API call may take by default, in milliseconds. */
const CALL_LIMIT_MS = 60_000;

/** A sum of pauses between the tries of a call, generously, in milliseconds. */
const PAUSES_MS = 5 * 60_000;

/** The longest that a service is asked to take a task where nobody waits for the video. */
const SUBMIT_MAXIMUM_MS = 10 * 60_000;

/** Any patience with a host of files; what takes longer than this is for ever. */
const DOWNLOADS_MS = 4 * 60 * 60_000;

/** What a life may take at most, in virtual milliseconds: its deadline, and one call's limit. */
export function patienceMs(way: WayName, { downloads = true } = {}): number {
	const download = downloads ? DOWNLOADS_MS : 0;
	const deadline = MAXIMUM_WAIT_MINUTES * 60_000 + CALL_LIMIT_MS;
	switch (way) {
		case 'poll':
		case 'image':
			return deadline + CALL_LIMIT_MS + download;
		// The estimate comes before: up to four tries of it.
		case 'limited':
			return deadline + SUBMIT_MAXIMUM_MS + 4 * CALL_LIMIT_MS + PAUSES_MS + download;
		case 'wait':
			return deadline + download;
		// A submit without a wait, then the looks of one callback, then those of the execution.
		case 'submit':
			return SUBMIT_MAXIMUM_MS + 2 * CALL_LIMIT_MS;
		case 'callback':
			return SUBMIT_MAXIMUM_MS + deadline + 8 * CALL_LIMIT_MS + PAUSES_MS + download;
		case 'get':
			return 4 * CALL_LIMIT_MS + PAUSES_MS;
		// A service that is busy is asked for as long as a submit would be.
		case 'estimate':
			return SUBMIT_MAXIMUM_MS + 4 * CALL_LIMIT_MS + PAUSES_MS;
		case 'credential':
		case 'search':
			return 2 * CALL_LIMIT_MS;
		case 'trigger':
			return 2 * CALL_LIMIT_MS + download;
	}
}

/** How often a life may be seen to do nothing, at no time left to pass, before it counts as hung. */
const IDLE_TURNS = 300;

export interface Lived extends Life {
	/** False when it hung. */
	ended: boolean;
	elapsedMs: number;
	/** The bytes of the video in n8n's store. */
	file?: Buffer;
}

export class WireWorld {
	constructor(
		readonly time: VirtualTime,
		public server: LyingServer,
		private readonly idleTurns = IDLE_TURNS,
	) {}

	/** Sets back what a life has left. */
	async reset(): Promise<void> {
		// A life that hangs may come back once its connections are gone: to a service that is gone too.
		if (this.hasHung) {
			await this.server.close();
			this.server = await startLyingServer(this.time);
		}
		this.hasHung = false;
		// A wait of the last life is watched on.
		watcher.endAll();
		this.server.reset();
		this.time.clear();
	}

	private hasHung = false;

	/** Lives one life of a way under a script. */
	async live(
		wayName: WayName,
		script: Script,
		options: LifeOptions & { limitMs?: number } = {},
	): Promise<Lived> {
		const way: Way = WAYS[wayName];
		this.server.script = script;
		const start = this.time.now();
		const life = way.live(this.server, options);
		life.catch(() => undefined);
		const limitMs = options.limitMs ?? patienceMs(wayName);
		const ended = await this.time.passUntil(life, limitMs, this.idleTurns);
		this.hasHung ||= !ended;
		const elapsedMs = this.time.now() - start;
		if (!ended) return { items: [], kept: '', log: [], ended, elapsedMs };
		const lived = await life;
		const [item] = lived.items;
		const file = item?.binary?.data ? await binaryBytes(item) : undefined;
		return { ...lived, ended, elapsedMs, ...(file && { file }) };
	}

	/** Where the key has come out, if anywhere. */
	keyOutside({ kept, log, reply = '' }: Life): string | undefined {
		const sent = this.server.requests
			.filter(({ host }) => host === 'files')
			.map(({ headers }) => JSON.stringify(headers))
			.join('\n');
		const places = { kept, log: log.join('\n'), reply, 'a request to another host': sent };
		for (const [place, text] of Object.entries(places)) {
			const found = findKey(text);
			if (found !== undefined) return `${place}: ${found}`;
		}
		return undefined;
	}
}

export async function openWireWorld(
	idleTurns?: number,
): Promise<{ world: WireWorld; close: () => Promise<void> }> {
	await prepareEngine();
	const time = new VirtualTime();
	const world = new WireWorld(time, await startLyingServer(time), idleTurns);
	const restore = installVirtualTime(time);
	return {
		world,
		async close() {
			restore();
			await world.server.close();
		},
	};
}

/** For a test file: opened before its tests, set back before each. */
export function wireWorldForTests(): { readonly current: WireWorld } {
	let opened: Awaited<ReturnType<typeof openWireWorld>>;
	beforeAll(async () => {
		opened = await openWireWorld();
	});
	beforeEach(async () => await opened.world.reset());
	afterAll(async () => await opened.close());
	return {
		get current() {
			return opened.world;
		},
	};
}
