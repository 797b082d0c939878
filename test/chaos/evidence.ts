/** What one run left behind: plain data, so that the judge can be tried on made-up runs. */

export interface Evidence {
	/** By index: what each item asked for. Prompts differ from item to item. */
	prompts: string[];
	/** Whether Stop was pressed before the run was over. */
	stopped: boolean;
	/** False for a run that outlived its deadline. */
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

export interface TaskEvidence {
	taskId: string;
	externalTaskId?: string;
	prompt: string;
	/** In the order of creation; false for a task in progress. */
	failed: boolean;
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
	/** Missing when the output cannot be traced to an item. */
	item?: number;
	taskId: string;
	/** Where it was found. */
	where: string;
}
