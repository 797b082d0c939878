import { exampleIn } from './example-files';

describe('The example of Submit and Trigger', () => {
	it('sends its callbacks to its own trigger', () => {
		const { nodes } = exampleIn('submit-and-trigger.json');
		const submit = nodes.find(({ name }) => name === 'Kirin Video');
		const trigger = nodes.find(({ name }) => name === 'Kirin Video Trigger');
		const { callbackUrl } = submit?.parameters.options as { callbackUrl: string };
		expect(callbackUrl).toMatch(new RegExp(`/webhook/${trigger?.webhookId}/webhook$`));
	});
});
