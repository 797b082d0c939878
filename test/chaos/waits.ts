/** What n8n does for executions that wait: it takes calls to their resume URLs, and ends their waits in time. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';
import { systemClock } from '../../nodes/KirinVideo/api/clock';
import { callResumeUrl, passDeadline, type EngineRun, type RunOptions } from '../engine/engine';
import { within, type RunWorld } from './clock';

/** How often it is looked whether a wait is over, in real ms. */
const CHECK_MS = 5;

export interface Waits {
	/** For the engine: where the service is to call. */
	baseUrl: string;
	/** Calls answered, by what was said: `409`, `503`, `resumed`… */
	answers: () => Record<string, number>;
	/** Goes on with an execution until it waits no more. */
	follow: (options: RunOptions, run: EngineRun) => Promise<EngineRun>;
	close: () => void;
}

interface Waiting {
	options: RunOptions;
	run: EngineRun;
	end: (run: EngineRun) => void;
	fail: (error: unknown) => void;
	/** Whether a call is being answered: n8n ends no wait in the midst of it. */
	isCalled: boolean;
}

export async function startWaits(world: RunWorld): Promise<Waits> {
	const waiting = new Map<string, Waiting>();
	const answers: Record<string, number> = {};
	// One call after another: of several that come together n8n lets one resume.
	let last: Promise<unknown> = Promise.resolve();

	const call = async (id: string, body: IDataObject): Promise<number> => {
		const found = waiting.get(id);
		if (!found) return 409;
		found.isCalled = true;
		const { code, resumed } = await callResumeUrl(found.options, found.run, { body });
		found.isCalled = false;
		if (!resumed) return code ?? 200;
		waiting.delete(id);
		found.end(resumed);
		return 200;
	};

	const server = createServer((incoming, outgoing) => {
		const chunks: Buffer[] = [];
		incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
		incoming.on('end', () => {
			const id = new URL(incoming.url ?? '', 'http://n8n').pathname.split('/').at(-1) ?? '';
			const body = jsonOf(Buffer.concat(chunks).toString());
			last = last.then(async () => {
				const code = await within(world, async () => await call(id, body)).catch(() => 500);
				answers[`callback answered ${code}`] = (answers[`callback answered ${code}`] ?? 0) + 1;
				outgoing.writeHead(code).end();
			});
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

	const follow = async (options: RunOptions, first: EngineRun): Promise<EngineRun> => {
		let run = first;
		while (run.status === 'waiting') {
			const { executionId } = run;
			const current = run;
			run = await new Promise<EngineRun>((end, fail) => {
				const found = { options, run: current, end, fail, isCalled: false };
				waiting.set(executionId, found);
				const look = setInterval(() => {
					if (waiting.get(executionId) !== found) return clearInterval(look);
					if (found.isCalled) return;
					const till = Number(current.run.data.waitTill);
					within(world, () => {
						if (systemClock.now() < till) return;
						waiting.delete(executionId);
						passDeadline(options, current).then(end, fail);
					});
				}, CHECK_MS);
			});
		}
		return run;
	};

	return {
		baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook-waiting`,
		answers: () => answers,
		follow,
		close: () => {
			waiting.clear();
			server.close();
			server.closeAllConnections();
		},
	};
}

/** n8n gives a node an empty body where it cannot read it. */
function jsonOf(text: string): IDataObject {
	try {
		const body: unknown = JSON.parse(text);
		return typeof body === 'object' && body !== null ? (body as IDataObject) : {};
	} catch {
		return {};
	}
}
