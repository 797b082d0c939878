import { callbackWarning, isPrivateUrl } from '../../nodes/KirinVideo/suspend/reachable';

describe('An address can be reached from outside', () => {
	it.each([
		'https://n8n.example.com/webhook/id/webhook',
		'http://203.0.113.7:5678/webhook/id/webhook',
		'https://172.32.0.1/webhook/id/webhook',
		'https://[2001:db8::1]/webhook/id/webhook',
	])('%s', (url) => {
		expect(isPrivateUrl(url)).toBe(false);
	});
});

describe('An address cannot be reached from outside', () => {
	it.each([
		'http://localhost:5678/webhook/id/webhook',
		'http://LOCALHOST/webhook',
		'http://n8n.localhost/webhook',
		'http://n8n:5678/webhook',
		'http://n8n.local/webhook',
		'http://127.0.0.1:5678/webhook',
		'http://2130706433/webhook',
		'http://0.0.0.0:5678/webhook',
		'http://10.1.2.3/webhook',
		'http://172.16.0.1/webhook',
		'http://172.31.255.255/webhook',
		'http://192.168.1.10/webhook',
		'http://169.254.1.1/webhook',
		'http://[::1]:5678/webhook',
		'http://[::]:5678/webhook',
		'http://[::ffff:127.0.0.1]/webhook',
		'http://[fd00::1]/webhook',
		'http://[fe80::1]/webhook',
		'not a URL',
	])('%s', (url) => {
		expect(isPrivateUrl(url)).toBe(true);
	});
});

describe('The user is warned that the service cannot call n8n', () => {
	const url = 'http://localhost:5678/webhook-waiting/1?signature=a-secret';

	it('at an address of its own network', () => {
		expect(callbackWarning(url, 'https://cloud.vtrix.ai')).toMatch(
			/cannot call n8n at http:\/\/localhost:5678, so.*N8N_WEBHOOK_URL \(before n8n 2\.30: WEBHOOK_URL\)/,
		);
	});

	it('but not when the service is in that network as well', () => {
		expect(callbackWarning(url, 'http://127.0.0.1:4010')).toBeUndefined();
	});
});
