/** What one run left behind: plain data, so that the judge can be tried on made-up runs. */

export interface Evidence {
	/** By index: what each item asked for. */
	items: ItemEvidence[];
	/** How often the node ran in each execution, with the same items. */
	rounds: number;
	/** Whether Stop was pressed before the run was over. */
	stopped: boolean;
	/** False for a run in which nothing happens any more, or that goes on without end. */
	ended: boolean;
	/** Whether calls had a time-out: what the service answered may then have come too late. */
	mayGiveUp: boolean;
	/** The ledger's tasks. */
	tasks: TaskEvidence[];
	/** The ledger's requests, callbacks left out. */
	requests: RequestEvidence[];
	/** What the run says of its tasks: "this one is that item's". */
	claims: Claim[];
	/** The output items as text, without what came in with the input. */
	outputs: string[];
	/** What a person reads of the run's errors. */
	errors: string[];
	/** n8n's log. */
	log: string[];
	/** All places in which the API key must not be, by name. */
	keyFree: Record<string, string>;
	key: string;
	/** Requests of the node that left n8n after Stop, or arrived more than a moment after it. */
	callsAfterStop: string[];
}

export interface ItemEvidence {
	/** Of several items, perhaps. */
	prompt: string;
	ownId?: string;
	/** Whether its maximum cost is below the price of any video. */
	aboveLimit: boolean;
}

/** One item of one run of the node, in an execution or the Retry of it: what a user pays for once. */
export interface Intention {
	/** The executions that are Retries of one another are one lineage. */
	lineage: number;
	/** The run of the node, from 0. */
	run: number;
	item: number;
}

/** In the order of creation. */
export interface TaskEvidence {
	taskId: string;
	externalTaskId?: string;
	prompt: string;
	/** False for a task in progress. */
	failed: boolean;
	/** Whose it is, by the account's number. */
	account: number;
	/** What it was created for; of a task whose callbacks resume an execution only the lineage is known. */
	madeFor: Partial<Intention>;
}

export interface RequestEvidence {
	kind: string;
	taskId?: string;
	/** Missing when nothing was answered. */
	status?: number;
	/** As the ledger says it: `create-after reset`. */
	fault?: string;
	/** Of a create. */
	prompt?: string;
	externalTaskId?: string;
}

export interface Claim {
	/** The number of the execution, in order. */
	execution: number;
	lineage: number;
	account: number;
	/** Missing when the output cannot be traced to a run of the node. */
	run?: number;
	/** Missing when the output cannot be traced to an item. */
	item?: number;
	taskId: string;
	/** Where it was found. */
	where: string;
	/** Whether it says that this task, which was there before the execution began, is why it failed. */
	isOldFailure?: boolean;
}
