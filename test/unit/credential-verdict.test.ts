import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { AnswerTooLarge } from '../../nodes/KirinVideo/api/answerText';
import { testKirinVideoApi } from '../../nodes/KirinVideo/api/credential/credentialTest';

interface ProbeOptions {
	method: string;
	uri: string;
	headers: Record<string, string>;
	followRedirect: boolean;
	timeout: number;
}

const GOOD = { apiKey: 'sk-secret', baseUrl: 'https://cloud.example/kirin/' };

/** The verdict on a credential when the host answers like this; an error is thrown. */
async function verdictOn(
	reply: { statusCode: number; body?: unknown } | Error,
	data: Record<string, string | undefined> = GOOD,
) {
	const requests: ProbeOptions[] = [];
	const functions = {
		helpers: {
			async request(options: ProbeOptions) {
				requests.push(options);
				if (reply instanceof Error) throw reply;
				return await Promise.resolve(reply);
			},
		},
	};
	const credential = {
		id: '1',
		name: 'Kirin',
		type: 'kirinVideoApi',
		data: data as ICredentialDataDecryptedObject,
	};
	const { status, message } = await testKirinVideoApi.call(functions as never, credential);
	expect(message).not.toContain('sk-secret');
	return { status, message, requests };
}

const noSuchTask = { statusCode: 404, body: '{"error":{"code":"NOT_FOUND","message":"no task"}}' };

describe('The credential test', () => {
	it('looks at a task that cannot exist, with the key and behind the path of the base URL', async () => {
		const { status, requests } = await verdictOn(noSuchTask, { ...GOOD, apiKey: ' sk-secret\n' });
		expect(status).toBe('OK');
		expect(requests).toHaveLength(1);
		expect(requests[0]).toMatchObject({
			method: 'GET',
			headers: { Authorization: 'Bearer sk-secret' },
			followRedirect: false,
		});
		expect(requests[0]?.uri).toMatch(
			/^https:\/\/cloud\.example\/kirin\/model\/v1\/generation\/task\/[a-z0-9-]+$/,
		);
	});

	it.each([
		['a task that is not there', noSuchTask],
		['a body that is parsed already', { statusCode: 404, body: { message: 'no task' } }],
		['a task that is there', { statusCode: 200, body: '{"id":"a"}' }],
		['an account without credit', { statusCode: 402, body: '{"message":"no credit"}' }],
	])('is passed by a key that gets to %s', async (_, reply) => {
		expect(await verdictOn(reply)).toMatchObject({ status: 'OK' });
	});

	it.each([401, 403])('fails for a key that is not accepted: HTTP %d', async (statusCode) => {
		const { status, message } = await verdictOn({
			statusCode,
			body: '{"error":"invalid_api_key"}',
		});
		expect(status).toBe('Error');
		expect(message).toBe(
			`cloud.example did not accept the API key (HTTP ${statusCode}). It says: "invalid_api_key".`,
		);
	});

	it('tells a firewall from a key that is not accepted', async () => {
		const { status, message } = await verdictOn({ statusCode: 403, body: '<html>No</html>' });
		expect(status).toBe('Error');
		expect(message).toMatch(/Something in front of cloud\.example, such as a proxy/);
	});

	it.each([301, 302, 307])(
		'fails for a host that sends us elsewhere: HTTP %d',
		async (statusCode) => {
			const { status, message } = await verdictOn({ statusCode });
			expect(status).toBe('Error');
			expect(message).toMatch(/redirects to another address. Check the base URL/);
		},
	);

	it.each([429, 500, 503])(
		'cannot tell while the service is in trouble: HTTP %d',
		async (statusCode) => {
			const { status, message } = await verdictOn({
				statusCode,
				body: '{"message":"maintenance"}',
			});
			expect(status).toBe('Error');
			expect(message).toContain(`HTTP ${statusCode}`);
			expect(message).toMatch(/Try again later/);
			expect(message).toContain('maintenance');
		},
	);

	it.each([
		{ statusCode: 200, body: '<html>Welcome</html>' },
		{ statusCode: 404, body: '<html>Not found</html>' },
		{ statusCode: 200, body: '' },
		{ statusCode: 404 },
	])('fails for a host that is not the service: %j', async (reply) => {
		const { status, message } = await verdictOn(reply);
		expect(status).toBe('Error');
		expect(message).toMatch(/not as the Kirin API does. Check the base URL/);
	});

	it.each([
		['ECONNREFUSED', 'cloud.example could not be reached: the connection was refused'],
		['ENOTFOUND', 'cloud.example could not be reached: the host name could not be found'],
		['ETIMEDOUT', 'The request to cloud.example failed: no answer came in time'],
	])('fails for a host that is out of reach, in words: %s', async (code, words) => {
		const error = Object.assign(new Error(`connect ${code} sk-secret`), { code });
		const { status, message } = await verdictOn(error);
		expect(status).toBe('Error');
		expect(message).toBe(`${words}. Check the base URL.`);
	});

	it('fails for a host that answers without end, in words', async () => {
		const { status, message } = await verdictOn(new AnswerTooLarge());
		expect(status).toBe('Error');
		expect(message).toBe(
			'The request to cloud.example failed: the answer is larger than 8 MiB. Check the base URL.',
		);
	});

	it.each(['', 'cloud.example', 'ftp://cloud.example', undefined])(
		'fails for the base URL %j without asking anybody',
		async (baseUrl) => {
			const { status, message, requests } = await verdictOn(noSuchTask, { ...GOOD, baseUrl });
			expect(status).toBe('Error');
			expect(message).toMatch(/must start with http:\/\/ or https:\/\//);
			expect(requests).toEqual([]);
		},
	);

	it.each(['', '  ', undefined])('fails for the key %j without asking anybody', async (apiKey) => {
		const { status, message, requests } = await verdictOn(noSuchTask, { ...GOOD, apiKey });
		expect({ status, message }).toEqual({ status: 'Error', message: 'The API key is empty.' });
		expect(requests).toEqual([]);
	});

	it('fails for a credential with nothing in it', async () => {
		expect(await verdictOn(noSuchTask, {})).toMatchObject({ status: 'Error' });
	});
});
