import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { testCredential } from './engine';
import { KEY, sandboxForTests } from './kirin';

const sandbox = sandboxForTests();

async function test(data: { apiKey?: string; baseUrl?: string } = {}) {
	return await testCredential(new KirinVideo(), new KirinVideoApi(), {
		apiKey: KEY,
		baseUrl: sandbox.current.apiUrl,
		...data,
	});
}

describe('The credential test', () => {
	it('tells a good key, and creates nothing', async () => {
		expect(await test()).toEqual({ status: 'OK', message: 'The API key works' });
		expect(sandbox.current.ledger.tasks).toHaveLength(0);
		expect(sandbox.current.ledger.requests.map(({ kind }) => kind)).toEqual(['get']);
	});

	it('forgives spaces around the key and slashes behind the URL', async () => {
		const data = { apiKey: ` ${KEY}\n`, baseUrl: ` ${sandbox.current.apiUrl}// ` };
		expect((await test(data)).status).toBe('OK');
	});

	it('tells a bad key, without repeating it', async () => {
		const { status, message } = await test({ apiKey: 'wrong-key-987' });

		expect(status).toBe('Error');
		expect(message).toMatch(/did not accept the API key \(HTTP 401\)/);
		expect(message).not.toContain('wrong-key-987');
	});

	it('tells an empty key', async () => {
		expect((await test({ apiKey: ' ' })).message).toBe('The API key is empty.');
	});

	it('tells a host that refuses the connection', async () => {
		expect((await test({ baseUrl: 'http://127.0.0.1:9' })).message).toBe(
			'127.0.0.1:9 could not be reached: the connection was refused. Check the base URL.',
		);
	});

	it('tells a host that does not exist', async () => {
		expect((await test({ baseUrl: 'https://kirin.invalid' })).message).toMatch(
			/^kirin\.invalid could not be reached: the host name could not be/,
		);
	});

	it('tells a URL that is none', async () => {
		expect((await test({ baseUrl: 'cloud.vtrix.ai' })).message).toBe(
			'The base URL must start with http:// or https://.',
		);
	});

	it('tells a host that is not the service', async () => {
		sandbox.current.faults = [{ on: 'get', kind: 'html' }];
		expect((await test()).message).toContain('not as the Kirin API does');
	});

	it('tells a host that sends us elsewhere', async () => {
		sandbox.current.faults = [
			{ on: 'get', kind: { location: 'http://127.0.0.1:9/', status: 302 } },
		];
		expect((await test()).message).toContain('redirects to another address');
	});

	it('tells a service in trouble from a bad key', async () => {
		sandbox.current.faults = [{ on: 'get', kind: { status: 503 } }];
		expect((await test()).message).toMatch(/answered with HTTP 503\. Try again later/);
	});
});
