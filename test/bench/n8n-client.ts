/** What the benchmark and the suites ask of a running n8n, by the calls that its editor makes. */
import type { N8nServer } from '../../demo/n8n-server';
import type { NodeDescription } from './kirin';

/** What n8n recorded of one run of a node. */
export interface NodeRun {
	/** In ms since the epoch. */
	startTime: number;
	/** In ms. */
	executionTime: number;
	error?: { message?: string };
	/** What an AI agent's tool answers is in `ai_tool`. */
	data?: { main?: Array<OutputItem[] | null>; ai_tool?: Array<OutputItem[] | null> };
}

/** An item that a node has put out. */
export interface OutputItem {
	json: Record<string, unknown>;
	/** `id` is where n8n keeps the bytes. */
	binary?: Record<string, { id?: string; fileName?: string; mimeType?: string; fileSize?: string }>;
}

/** What n8n's list of executions says of one. */
export interface ExecutionSummary {
	id: string;
	workflowId: string;
	/** `webhook` where a trigger has started it in production. */
	mode: string;
	status: string;
	/** ISO times. */
	startedAt: string | null;
	stoppedAt: string | null;
	waitTill: string | null;
	/** The execution that this one is a Retry of. */
	retryOf?: string | null;
}

export interface Execution {
	status: string;
	/** In ms since the epoch. */
	stoppedAt: number;
	runData: Record<string, NodeRun[]>;
	error?: { message?: string; description?: string | null };
}

/** n8n publishes an activated workflow a moment after it has said so. */
const PUBLISH_LIMIT_MS = 60_000;

/** A machine with too much to do lets n8n miss its database for a while, in which it does nothing. */
const DATABASE_LIMIT_MS = 120_000;
const NO_DATABASE = /Database is not ready/;

/** What the editor says of a trigger that it has run itself. */
const A_RUN = {
	startTime: 0,
	executionTime: 0,
	executionIndex: 0,
	executionStatus: 'success',
	source: [null],
};

const ENDED = new Set(['success', 'error', 'canceled', 'crashed']);

export class N8nClient {
	constructor(private readonly server: N8nServer) {}

	/** The server's origin. */
	get address(): string {
		return this.server.address;
	}

	async describeNode(name: string, version: number): Promise<NodeDescription> {
		const body = { nodeInfos: [{ name, version }] };
		const [description] = (await this.call('POST', '/rest/node-types', body)) as NodeDescription[];
		if (!description) throw new Error(`n8n does not know the node ${name}.`);
		return description;
	}

	/** Stores a credential and returns the reference that a node carries. */
	async addCredential(type: string, data: object) {
		const name = 'Sandbox account';
		const { id } = (await this.call('POST', '/rest/credentials', { name, type, data })) as {
			id: string;
		};
		return { [type]: { id, name } };
	}

	/** Gives a credential other data. */
	async changeCredential(id: string, type: string, data: object): Promise<void> {
		await this.call('PATCH', `/rest/credentials/${id}`, { name: 'Another account', type, data });
	}

	async deleteCredential(id: string): Promise<void> {
		await this.call('DELETE', `/rest/credentials/${id}`);
	}

	/** Stores a workflow, makes its webhook listen and returns its ID. */
	async addActiveWorkflow(workflow: object): Promise<string> {
		const { id, versionId } = await this.store(workflow);
		await this.call('POST', `/rest/workflows/${id}/activate`, { versionId });
		return id;
	}

	/** Stores a workflow that is only run by hand, and returns its ID. */
	async addWorkflow(workflow: object): Promise<string> {
		return (await this.store(workflow)).id;
	}

	private async store(workflow: object) {
		// n8n 2.0 stores what it is sent, so all that a workflow has must be there.
		const whole = { active: false, connections: {}, settings: {}, ...workflow };
		return (await this.call('POST', '/rest/workflows', whole)) as {
			id: string;
			versionId: string;
		};
	}

	/**
	 * Runs a stored workflow as the editor's button does, and returns the execution's ID.
	 * @param item what the trigger puts out, as when the editor's chat hands over what was typed
	 */
	async runManually(workflowId: string, trigger: string, item?: object): Promise<string> {
		const data = item && { data: { main: [[{ json: item }]] }, ...A_RUN };
		const { executionId } = (await this.call('POST', `/rest/workflows/${workflowId}/run`, {
			// n8n 2.0 runs what it is sent, newer versions what they have stored.
			workflowData: await this.call('GET', `/rest/workflows/${workflowId}`),
			triggerToStartFrom: { name: trigger, ...(data && { data }) },
		})) as { executionId: string };
		return executionId;
	}

	/** As the editor's Stop button does. */
	async stop(executionId: string): Promise<void> {
		await this.call('POST', `/rest/executions/${executionId}/stop`);
	}

	/**
	 * As *Retry* in the list of executions does, and returns the ID of the new execution as soon as n8n
	 * lists it: n8n itself answers when that has ended or waits.
	 *
	 * @param workflow which version of the workflow runs: as it is saved now, or as it was then
	 */
	async retry(executionId: string, workflow: 'saved' | 'original'): Promise<string> {
		const body = { loadWorkflow: workflow === 'saved' };
		let answered: { id: string } | Error | undefined;
		void this.call('POST', `/rest/executions/${executionId}/retry`, body).then(
			(answer) => (answered = answer as { id: string }),
			(error: Error) => (answered = error),
		);
		for (;;) {
			if (answered instanceof Error) throw answered;
			if (answered) return answered.id;
			const latest = await this.executions(100);
			const started = latest.find(({ retryOf }) => retryOf === executionId);
			if (started) return started.id;
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
	}

	/** All that n8n has stored of an execution, in its own format: every text of it is in there. */
	async storedText(executionId: string): Promise<string> {
		const { data } = (await this.call('GET', `/rest/executions/${executionId}`)) as {
			data: string;
		};
		return data;
	}

	/** Starts the workflow behind a webhook and returns the execution's ID. */
	async trigger(path: string, body: object): Promise<string> {
		return (await this.callWebhook(path, body)).replaceAll('"', '');
	}

	/** Calls a production webhook and returns what it answers. */
	async callWebhook(path: string, body: object): Promise<string> {
		const deadline = Date.now() + PUBLISH_LIMIT_MS;
		for (;;) {
			const answer = await fetch(`${this.server.address}/webhook/${path}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
			});
			const text = await answer.text();
			if (answer.ok) return text;
			const isEarly = answer.status === 404 || NO_DATABASE.test(text);
			if (!isEarly || Date.now() > deadline) {
				throw new Error(`The webhook answered ${answer.status}: ${text}`);
			}
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
	}

	/** The latest executions of all workflows. */
	async executions(limit: number): Promise<ExecutionSummary[]> {
		const { results } = (await this.call('GET', `/rest/executions?limit=${limit}`)) as {
			results: ExecutionSummary[];
		};
		return results;
	}

	/**
	 * Starts a workflow that has not run yet and returns the execution's ID. It is looked up: what a
	 * webhook answers at once has no ID in n8n 2.0.
	 */
	async triggerFirst(workflowId: string, path: string, body: object): Promise<string> {
		await this.callWebhook(path, body);
		return await this.firstExecution(workflowId);
	}

	/** The ID of a workflow's first execution, as soon as n8n lists it. */
	async firstExecution(workflowId: string): Promise<string> {
		const deadline = Date.now() + PUBLISH_LIMIT_MS;
		for (;;) {
			const latest = await this.executions(50);
			const started = latest.find((execution) => execution.workflowId === workflowId);
			if (started) return started.id;
			if (Date.now() > deadline) throw new Error(`Workflow ${workflowId} has not been started`);
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
	}

	/** The bytes of a binary field, by its `id`. */
	async binary(id: string): Promise<Buffer> {
		const query = new URLSearchParams({ id, action: 'download' });
		const answer = await this.send('GET', `/rest/binary-data?${query.toString()}`);
		return Buffer.from(await answer.arrayBuffer());
	}

	async execution(id: string): Promise<Execution | 'under way' | 'waiting'> {
		const { status, data, stoppedAt } = (await this.call('GET', `/rest/executions/${id}`)) as {
			status: string;
			data: string;
			stoppedAt: string;
		};
		if (!ENDED.has(status)) return status === 'waiting' ? 'waiting' : 'under way';
		const { resultData } = readFlatted(data) as {
			resultData: Pick<Execution, 'runData' | 'error'>;
		};
		return { ...resultData, status, stoppedAt: Date.parse(stoppedAt) };
	}

	/**
	 * What n8n's Migration Report says of the next major version: the titles of what concerns the stored
	 * workflows, and of what concerns the settings.
	 */
	async migrationReport(version: string): Promise<{ workflows: string[]; instance: string[] }> {
		const path = `/rest/breaking-changes/report/refresh?version=${version}`;
		const { report } = (await this.call('POST', path)) as {
			report: Record<'workflowResults' | 'instanceResults', Array<{ ruleTitle: string }>>;
		};
		const titles = (results: Array<{ ruleTitle: string }>) =>
			results.map(({ ruleTitle }) => ruleTitle);
		return {
			workflows: titles(report.workflowResults),
			instance: titles(report.instanceResults),
		};
	}

	/** A call that costs n8n next to nothing, and that it has to answer. */
	async ping(): Promise<void> {
		await this.send('GET', '/healthz');
	}

	private async call(method: string, path: string, body?: object): Promise<unknown> {
		const answer = await this.send(method, path, body);
		const parsed = (await answer.json()) as { data?: unknown };
		return parsed.data;
	}

	private async send(method: string, path: string, body?: object): Promise<Response> {
		const deadline = Date.now() + DATABASE_LIMIT_MS;
		for (;;) {
			const answer = await fetch(`${this.server.address}${path}`, {
				method,
				headers: { cookie: this.server.cookie, 'content-type': 'application/json' },
				...(body && { body: JSON.stringify(body) }),
			}).catch((error: unknown) => {
				// A busy n8n closes an idle connection in the moment in which it is used again.
				if (method === 'GET' && Date.now() < deadline) return undefined;
				throw error;
			});
			if (!answer) continue;
			if (answer.ok) return answer;
			const text = await answer.text();
			if (!NO_DATABASE.test(text) || Date.now() > deadline) {
				throw new Error(`n8n answered ${answer.status} to ${method} ${path}: ${text}`);
			}
			await new Promise((resolve) => setTimeout(resolve, 1000));
		}
	}
}

/**
 * Reads n8n's format for executions: a JSON list whose first entry is the whole, and in which every
 * text within an object or a list is the number of the entry that it stands for.
 */
function readFlatted(text: string): unknown {
	const entries = JSON.parse(text) as unknown[];
	const done = new Map<number, unknown>();
	const entry = (index: number): unknown => {
		if (done.has(index)) return done.get(index);
		const raw = entries[index];
		if (typeof raw !== 'object' || raw === null) return raw;
		const whole: unknown[] | Record<string, unknown> = Array.isArray(raw) ? [] : {};
		done.set(index, whole); // before its members, which may refer back to it
		for (const [key, value] of Object.entries(raw)) {
			const member = typeof value === 'string' ? entry(Number(value)) : (value as unknown);
			Object.assign(whole, { [key]: member });
		}
		return whole;
	};
	return entry(0);
}
