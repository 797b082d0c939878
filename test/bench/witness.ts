/** What a service saw of a run: the same facts for every service, on one clock (ms since the epoch). */
import type { Sandbox } from '../../sandbox';

export interface SeenTask {
	id: string;
	createdAt: number;
	/** When its video was ready. */
	endsAt: number;
}

export interface SeenRequest {
	at: number;
	/** `get` is a poll of a task; other kinds than these three do not count. */
	kind: 'create' | 'get' | 'download' | (string & {});
	taskId?: string;
}

/** What every service of the benchmark can be told, the same for all contenders. */
export interface RenderSettings {
	/** How long a render takes unless its prompt says otherwise. */
	renderSeconds: number;
	/** The size of a video; the sandbox's small test video unless told. */
	videoBytes?: number;
}

export interface Witness {
	readonly tasks: readonly SeenTask[];
	readonly requests: readonly SeenRequest[];
	/** Forgets all that was, for a new run. */
	begin(settings: RenderSettings): void;
	close(): Promise<void>;
}

/** The sandbox as a witness. */
export function witnessOf(sandbox: Sandbox): Witness {
	return {
		get tasks() {
			return sandbox.ledger.tasks;
		},
		get requests() {
			return sandbox.ledger.requests;
		},
		begin(settings) {
			sandbox.reset();
			Object.assign(sandbox.settings, settings);
		},
		close: () => sandbox.close(),
	};
}
