import {
	type INode,
	type INodeExecutionData,
	type IRunExecutionData,
	NodeHelpers,
} from 'n8n-workflow';
import type { ConnectionOptions } from '../api/client';
import type { TaskError } from '../api/taskError';
import type { BatchVideo } from '../batch/batch';
import type { ResultInput } from '../fields/pollingFields';
import type { SeenState } from '../task/task';

/**
 * What n8n stores with a suspended execution: everything that this process or another needs to resume.
 * Plain data, in the node's context within the execution (docs/waiting.md).
 */
export interface SavedState {
	/** Which run of the node waits: in a loop it has several. */
	runIndex: number;
	/** How often this run of the node has been put to wait, this time included. */
	waits: number;
	connection: ConnectionOptions;
	/** By index. Empty where n8n could not prepare an item. */
	items: Array<SavedItem | null>;
	/** Set when the wait has ended because all tasks are done, and not at its deadline. */
	isOver?: boolean;
	/** The address that ends the wait, and when it ends by itself, in milliseconds since the epoch. */
	resumeUrl?: string;
	until?: number;
}

export interface SavedItem {
	/** The input item, for n8n's expressions after the wait. */
	input: INodeExecutionData;
	/** Each becomes an item of its own. */
	videos: SavedVideo[];
}

export interface SavedVideo extends Pick<BatchVideo, 'replacedTaskIds' | 'adopted' | 'warnings'> {
	/** The task, and what to do when it is done. */
	pending?: Pending;
	/** Where there is no task to wait for: how the item ended, under Continue On Fail. */
	failure?: Failure;
}

/** An error that can be stored. */
export type Failure = Pick<TaskError, 'message' | 'description' | 'details'>;

/** A task that is waited for. */
export interface Pending extends SeenState {
	result: ResultInput;
}

/**
 * As it lies in the node's context. n8n takes the whole execution apart for each call to its resume URL,
 * object by object, so what only this node reads is one text. The input items stay outside: n8n stores
 * them anyway, and a second reference to the same object costs nothing.
 */
interface StoredState extends Omit<SavedState, 'items'> {
	inputs: Array<INodeExecutionData | null>;
	/** JSON: of each item the videos, or null. */
	videos: string;
}

function toStored({ items, ...state }: SavedState): StoredState {
	return {
		...state,
		inputs: items.map((item) => item && item.input),
		videos: JSON.stringify(items.map((item) => item && item.videos)),
	};
}

function fromStored({ inputs, videos, ...state }: StoredState): SavedState {
	const ofItems = JSON.parse(videos) as Array<SavedVideo[] | null>;
	const items = inputs.map((input, index) => input && { input, videos: ofItems[index] ?? [] });
	return { ...state, items };
}

/** The name under which it lies in the node's context. */
const KEY = 'kirinVideoSavedState';

/** A node's context, by n8n's `getContext('node')`. */
type Context = Record<string, unknown>;

export function saveState(context: Context, state: SavedState): void {
	context[KEY] = toStored(state);
}

/** The state to resume from, if a callback has resumed the execution. Only once, because a retry starts again. */
export function takeSavedState(context: Context, runIndex: number): SavedState | undefined {
	const stored = context[KEY] as StoredState | undefined;
	if (!stored?.isOver || stored.runIndex !== runIndex) return undefined;
	const state = fromStored(stored);
	saveState(context, { ...state, isOver: false, items: [] });
	return state;
}

/** How often this run of the node has been put to wait so far. */
export function waitsSoFar(context: Context, runIndex: number): number {
	const stored = context[KEY] as StoredState | undefined;
	return stored?.runIndex === runIndex ? stored.waits : 0;
}

/** Which wait it is of all that a process knows: an execution may have one after another. */
export function waitName(
	functions: { getExecutionId(): string; getNode(): INode },
	{ runIndex, waits }: Pick<SavedState, 'runIndex' | 'waits'>,
): string {
	return [functions.getExecutionId(), functions.getNode().id, runIndex, waits].join(' ');
}

/** All that is waited for. */
export function pendingIn({ items }: SavedState): Pending[] {
	return items.flatMap((item) => item?.videos ?? []).flatMap(({ pending }) => pending ?? []);
}

/** A waiting execution, as a call to its resume URL finds it. */
export interface WaitingExecution {
	/** Which wait it is. */
	wait: Pick<SavedState, 'runIndex' | 'waits'>;
	/** Reads what was saved, which takes time with many tasks. */
	readState(): SavedState;
	/**
	 * Ends the wait: n8n gives the node its input items once more and runs it, where it would otherwise
	 * pass on what the webhook returns. So errors, Continue On Fail, Retry On Fail and downloads are those
	 * of every other operation, and happen where executions run, not where webhooks are answered.
	 *
	 * @param state what the node goes on from
	 * @returns the node's input items, for n8n to take up the execution with
	 */
	resume(state: SavedState): INodeExecutionData[];
}

/**
 * n8n has no public way to the execution from within `webhook()`, but every webhook context carries it
 * (n8n-core 2.0 to 2.41, NodeExecutionContext).
 *
 * @returns undefined when this n8n gives no access to it, or the node does not wait for callbacks
 */
export function findWaitingExecution(functions: {
	getNode(): INode;
}): WaitingExecution | undefined {
	const { runExecutionData: run } = functions as { runExecutionData?: IRunExecutionData | null };
	const entry = run?.executionData?.nodeExecutionStack[0];
	if (!run || !entry) return undefined;
	const context: Context = NodeHelpers.getContext(run, 'node', functions.getNode());
	const stored = context[KEY] as StoredState | undefined;
	return (
		stored && {
			wait: stored,
			readState: () => fromStored(stored),
			resume(state) {
				saveState(context, { ...state, isOver: true });
				entry.node.disabled = false;
				const items = entry.data.main?.[0] ?? [];
				return items.map((item, itemIndex) => state.items[itemIndex]?.input ?? item);
			},
		}
	);
}
