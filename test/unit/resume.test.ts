import type { IWebhookFunctions } from 'n8n-workflow';
import { resumeOnCallback } from '../../nodes/KirinVideo/suspend/resumeWebhook';

describe('In a version of n8n that keeps the execution to itself', () => {
	it('a callback changes nothing, and the log says what to do', async () => {
		const warnings: string[] = [];
		const functions = {
			getNode: () => ({ name: 'Kirin Video' }),
			logger: { warn: (text: string) => warnings.push(text) },
		} as unknown as IWebhookFunctions;

		expect(await resumeOnCallback.call(functions)).toEqual({});
		expect(warnings).toEqual([expect.stringContaining('Task → Wait')]);
	});
});
