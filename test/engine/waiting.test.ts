import type { INodeType } from 'n8n-workflow';
import { describeSince } from './describe-since';
import { callResumeUrl, itemsOf, passDeadline, runWorkflow, workflowWith } from './engine';

/** Waits in a custom operation; a call that is not the end leaves it waiting. */
function waitingNode(): INodeType {
	return {
		description: {
			displayName: 'Waiter',
			name: 'waiter',
			group: ['transform'],
			version: 1,
			description: 'Waits for a call',
			defaults: { name: 'Waiter' },
			inputs: ['main'],
			outputs: ['main'],
			requestDefaults: {},
			webhooks: [
				{
					name: 'default',
					httpMethod: 'POST',
					responseMode: 'onReceived',
					path: '',
					restartWebhook: true,
					isFullPath: true,
				},
			],
			properties: [
				{ displayName: 'Resource', name: 'resource', type: 'hidden', default: 'task' },
				{ displayName: 'Operation', name: 'operation', type: 'hidden', default: 'wait' },
			],
		},
		customOperations: {
			task: {
				async wait() {
					const items = this.getInputData();
					for (const item of items) {
						item.json.resumeUrl = this.evaluateExpression('{{ $execution.resumeUrl }}', 0);
					}
					await this.putExecutionToWait(new Date(Date.now() + 60_000));
					return [items];
				},
			},
		},
		webhook() {
			const { isEnd } = this.getBodyData();
			const prompts = this.evaluateExpression('{{ $input.all().map((i) => i.json.prompt) }}');
			if (!isEnd) return Promise.resolve({ webhookResponse: 'noted' });
			return Promise.resolve({ workflowData: [[{ json: { isEnd, prompts } }]] });
		},
	};
}

function waiting() {
	const type = 'n8n-nodes-kirin-video.waiter';
	return {
		nodes: [waitingNode()],
		workflow: workflowWith({}, { name: 'Waiter', type, credentials: [] }),
		items: itemsOf({ prompt: 'a' }, { prompt: 'b' }),
	};
}

describe('a waiting execution', () => {
	it('is resumed by a call, with what the node makes of it', async () => {
		const options = waiting();
		const stored = await runWorkflow(options);
		expect(stored.status).toBe('waiting');
		expect(stored.output('After')).toEqual([]);

		const early = await callResumeUrl(options, stored, { body: {} });
		expect(early).toEqual({ response: 'noted' });

		const { resumed } = await callResumeUrl(options, stored, { body: { isEnd: true } });
		expect(resumed?.status).toBe('success');
		expect(resumed?.executionId).toBe(stored.executionId);
		expect(resumed?.output('After').map(({ json }) => json)).toEqual([
			{ isEnd: true, prompts: ['a', 'b'] },
		]);
	});

	it('passes its input on at the deadline, with what the node changed in it', async () => {
		const options = waiting();
		const resumed = await passDeadline(options, await runWorkflow(options));

		expect(resumed.status).toBe('success');
		expect(resumed.output('After')).toHaveLength(2);
		expect(resumed.output('After')[0]?.json.resumeUrl).toMatch(/webhook-waiting\/\d+/);
	});
});

describeSince('2.14.0', 'the resume URL', () => {
	it('has a token, which n8n asks for', async () => {
		const options = waiting();
		const { output } = await passDeadline(options, await runWorkflow(options));

		expect(output('After')[0]?.json.resumeUrl).toMatch(/webhook-waiting\/\d+\?signature=/);
	});
});
