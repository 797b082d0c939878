import { callbackWarning } from '../../nodes/KirinVideo/resources/callback/reachable';

const SERVICE = 'https://cloud.vtrix.ai';

describe('The user is warned that the service cannot call n8n', () => {
	it.each([
		'http://localhost:5678/webhook-waiting/1',
		'http://127.0.0.1:5678/webhook-waiting/1',
		'http://[::1]:5678/webhook-waiting/1',
		'http://0.0.0.0:5678/webhook-waiting/1',
		'http://10.0.0.7/webhook-waiting/1',
		'http://172.16.3.4/webhook-waiting/1',
		'https://192.168.1.5/webhook-waiting/1',
		'http://n8n:5678/webhook-waiting/1',
		'http://n8n.local/webhook-waiting/1',
	])('at %s', (url) => {
		const { origin } = new URL(url);
		expect(callbackWarning(url, SERVICE)).toContain(`cannot call n8n at ${origin},`);
		expect(callbackWarning(url, SERVICE)).toContain('WEBHOOK_URL');
	});
});

describe('Nothing is to be said', () => {
	it.each(['https://n8n.example.com/x', 'https://203.0.113.9/x', 'http://172.32.0.1/x'])(
		'of the address %s',
		(url) => {
			expect(callbackWarning(url, SERVICE)).toBeUndefined();
		},
	);

	it('when the service is in the private network as well', () => {
		expect(callbackWarning('http://localhost:5678/x', 'http://127.0.0.1:4010')).toBeUndefined();
	});

	it('of what is no address', () => {
		expect(callbackWarning('webhook-waiting/1', SERVICE)).toBeUndefined();
	});
});
