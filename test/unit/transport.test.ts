import type { IHttpRequestOptions } from 'n8n-workflow';
import { Stopped } from '../../nodes/KirinVideo/api/clock';
import {
	type ConnectionOptions,
	connect,
	connectionOptions,
} from '../../nodes/KirinVideo/api/client';
import { parseJson } from '../../nodes/KirinVideo/api/answerText';

const BASE = 'https://cloud.example/kirin';
const get = { method: 'GET', path: '/model/v1/generation/task/a' } as const;
const post = { method: 'POST', path: '/model/v1/generation', body: { model: 'm' } } as const;

interface Raw {
	statusCode: number;
	headers?: Record<string, unknown>;
	body?: unknown;
}

/** What n8n's helper gives for each request in turn; an error is thrown. */
function connected(
	replies: Array<Raw | Error>,
	{ base = BASE, options = {}, signal }: Partial<Setting> = {},
) {
	const requests: IHttpRequestOptions[] = [];
	const credentials: string[] = [];
	const functions = {
		getCredentials: async () => await Promise.resolve({ apiKey: 'sk-secret', baseUrl: base }),
		helpers: {
			async httpRequestWithAuthentication(credential: string, request: IHttpRequestOptions) {
				credentials.push(credential);
				requests.push(request);
				const reply = replies[Math.min(requests.length, replies.length) - 1];
				if (!reply || reply instanceof Error) throw reply ?? new Error('No reply');
				return await Promise.resolve({ headers: {}, body: '', ...reply });
			},
		},
	};
	const api = connect(functions as never, base, options, signal);
	return { api, requests, credentials, urls: () => requests.map(({ url }) => url) };
}

interface Setting {
	base: string;
	options: ConnectionOptions;
	signal: AbortSignal;
}

const fault = (code: string, message = `connect ${code} https://cloud.example sk-secret`) =>
	Object.assign(new Error(message), { code, config: { headers: { Authorization: 'sk-secret' } } });

describe('A call', () => {
	it('goes to the path below the base URL, in the name of the credential', async () => {
		const { api, requests, credentials } = connected([{ statusCode: 200, body: '{"id":"a"}' }]);
		await expect(api.call(post)).resolves.toEqual({
			kind: 'response',
			status: 200,
			headers: {},
			body: { id: 'a' },
			baseUrl: BASE,
		});
		expect(requests).toEqual([
			expect.objectContaining({
				method: 'POST',
				url: `${BASE}/model/v1/generation`,
				body: { model: 'm' },
			}),
		]);
		expect(credentials).toEqual(['kirinVideoApi']);
	});

	it('to get has no body', async () => {
		const { api, requests } = connected([{ statusCode: 200 }]);
		await api.call(get);
		expect(requests[0]).not.toHaveProperty('body');
	});

	it('carries no key of its own: n8n adds it', async () => {
		const { api, requests } = connected([{ statusCode: 200 }]);
		await api.call(post);
		expect(JSON.stringify(requests)).not.toMatch(/authorization|bearer/i);
	});

	it('never lets n8n follow redirects, for it would take the key along', async () => {
		const { api, requests } = connected([{ statusCode: 200 }]);
		await api.call(get);
		expect(requests[0]).toMatchObject({
			disableFollowRedirect: true,
			ignoreHttpStatusErrors: true,
		});
	});

	it.each([
		['{"a":1}', { a: 1 }],
		['null', null],
		['<html>', undefined],
		['{"a":', undefined],
		['', undefined],
		[undefined, undefined],
		[{ a: 1 }, { a: 1 }],
	])('that is answered with %j has the body %j', async (body, read) => {
		const { api } = connected([{ statusCode: 200, body }]);
		await expect(api.call(get)).resolves.toMatchObject({ status: 200, body: read });
		expect(parseJson(body)).toEqual(read);
	});

	it.each([204, 400, 401, 404, 429, 500, 503])(
		'answered with HTTP %d does not throw',
		async (status) => {
			const { api } = connected([{ statusCode: status }]);
			await expect(api.call(get)).resolves.toMatchObject({ kind: 'response', status });
		},
	);

	it('has headers under names in lower case', async () => {
		const { api } = connected([{ statusCode: 429, headers: { 'Retry-After': 7, 'X-A': ['b'] } }]);
		await expect(api.call(get)).resolves.toMatchObject({
			headers: { 'retry-after': '7', 'x-a': 'b' },
		});
	});

	it('may be answered without headers', async () => {
		const { api } = connected([{ statusCode: 200, headers: undefined }]);
		await expect(api.call(get)).resolves.toMatchObject({ headers: {} });
	});
});

describe('The time-out of a call', () => {
	async function timeoutOf(options: ConnectionOptions, timeoutMs?: number) {
		const { api, requests } = connected([{ statusCode: 200 }], { options });
		await api.call({ ...get, timeoutMs });
		return requests[0]?.timeout;
	}

	it('is a minute unless the user says otherwise', async () => {
		expect(await timeoutOf({})).toBe(60_000);
		// What n8n fills in by itself.
		expect(await timeoutOf({ timeout: 300_000 })).toBe(60_000);
	});

	it.each([1_000, 120_000])('is what the user set: %d ms', async (timeout) => {
		expect(await timeoutOf({ timeout })).toBe(timeout);
	});

	it('is shorter where the wait ends sooner, and never longer for that', async () => {
		expect(await timeoutOf({}, 5_000)).toBe(5_000);
		expect(await timeoutOf({}, 1_800_000)).toBe(60_000);
		expect(await timeoutOf({ timeout: 120_000 }, 5_000)).toBe(5_000);
		expect(await timeoutOf({ timeout: 120_000 }, 1_800_000)).toBe(120_000);
	});
});

describe("The user's Request Options", () => {
	const proxy = { host: 'proxy.example', port: 3128 };
	const options = {
		proxy,
		skipSslCertificateValidation: true,
		allowedDomains: 'cloud.example',
	};

	it('hold for every call', async () => {
		const { api, requests } = connected([{ statusCode: 200 }], { options });
		await api.call(get);
		expect(requests[0]).toMatchObject(options);
	});

	it('are shared with downloads but for what concerns the API alone', () => {
		expect(connectionOptions(options)).toEqual({ proxy, skipSslCertificateValidation: true });
		expect(connectionOptions({})).toEqual({});
	});
});

describe('A redirect', () => {
	const to = (location: string, statusCode = 307) => ({ statusCode, headers: { location } });
	const done = { statusCode: 200, body: '{"id":"a"}' };

	it.each([301, 302, 303, 307, 308])(
		'of a look to the same host is followed: %d',
		async (status) => {
			const { api, urls } = connected([to('/moved?x=1', status), done]);
			await expect(api.call(get)).resolves.toMatchObject({ status: 200 });
			expect(urls()[1]).toBe('https://cloud.example/moved?x=1');
		},
	);

	it.each([307, 308])('of a create is followed with its body: %d', async (status) => {
		const { api, requests } = connected([to(`${BASE}/v2`, status), done]);
		await expect(api.call(post)).resolves.toMatchObject({ status: 200 });
		expect(requests[1]).toMatchObject({ method: 'POST', url: `${BASE}/v2`, body: { model: 'm' } });
	});

	it.each([301, 302, 303])(
		'that would turn a create into a look is not followed: %d',
		async (status) => {
			const { api, requests } = connected([to(`${BASE}/v2`, status), done]);
			await expect(api.call(post)).resolves.toMatchObject({ status });
			expect(requests).toHaveLength(1);
		},
	);

	it.each([
		'https://evil.example/',
		'//evil.example/',
		'https://cloud.example.evil.example/',
		'https://cloud.example:8443/',
		'http://cloud.example/',
		'https://cloud.example@evil.example/',
		'ftp://cloud.example/',
		'javascript:alert(1)',
		'http://',
		'',
	])('to another host, port or protocol never takes the key there: %j', async (location) => {
		const { api, requests } = connected([to(location), done]);
		await expect(api.call(get)).resolves.toMatchObject({ status: 307 });
		expect(requests).toHaveLength(1);
	});

	it('from http to https on the same host is followed', async () => {
		const { api, urls } = connected([to('https://cloud.example/kirin/v2', 308), done], {
			base: 'http://cloud.example/kirin',
		});
		await expect(api.call(post)).resolves.toMatchObject({ status: 200 });
		expect(urls()[1]).toBe('https://cloud.example/kirin/v2');
	});

	it('from http to https on another host is not', async () => {
		const { api, requests } = connected([to('https://evil.example/'), done], {
			base: 'http://cloud.example',
		});
		await api.call(get);
		expect(requests).toHaveLength(1);
	});

	it('at each step is held against the step before, not the first', async () => {
		const { api, requests } = connected([to('/a'), to('https://evil.example/'), done]);
		await expect(api.call(get)).resolves.toMatchObject({ status: 307 });
		expect(requests).toHaveLength(2);
	});

	it('that never ends is given up', async () => {
		const { api, requests } = connected([to('/round')]);
		await expect(api.call(get)).resolves.toMatchObject({ status: 307 });
		expect(requests).toHaveLength(6);
	});
});

describe('No answer', () => {
	it.each([
		['ECONNREFUSED', 'the connection was refused'],
		['ENOTFOUND', 'the host name could not be found'],
		['EAI_AGAIN', 'the host name could not be looked up'],
		['CERT_HAS_EXPIRED', 'its TLS certificate has expired'],
		['ERR_TLS_CERT_ALTNAME_INVALID', 'its TLS certificate is for another host'],
	])('because of %s: nothing was sent, and another try may help', async (code, reason) => {
		const { api } = connected([fault(code)]);
		await expect(api.call(post)).resolves.toEqual({
			kind: 'noAnswer',
			reason,
			maybeSent: false,
			permanent: false,
		});
	});

	it.each([
		['ECONNRESET', 'the connection broke'],
		['EPIPE', 'the connection broke'],
		['ECONNABORTED', 'no answer came in time'],
		['ETIMEDOUT', 'no answer came in time'],
		['EHOSTUNREACH', 'the connection to the host was lost'],
		['ENETUNREACH', 'the connection to the network was lost'],
		['EPROTO', 'the TLS connection failed'],
		['ERR_SSL_WRONG_VERSION_NUMBER', 'the TLS connection failed'],
		['ERR_BAD_RESPONSE', 'the answer broke off'],
	])('because of %s: the task may have been created', async (code, reason) => {
		const { api } = connected([fault(code)]);
		await expect(api.call(post)).resolves.toEqual({
			kind: 'noAnswer',
			reason,
			maybeSent: true,
			permanent: false,
		});
	});

	it.each([
		['ETIMEDOUT', 'no connection could be made in time'],
		['EHOSTUNREACH', 'the host is unreachable'],
		['ENETUNREACH', 'the network is unreachable'],
	])('because of %s while connecting: nothing was sent', async (code, reason) => {
		const toOne = Object.assign(fault(code), { syscall: 'connect' });
		const toEach = Object.assign(fault(code), { errors: [toOne, toOne] });
		for (const error of [toOne, toEach, new Error('n8n', { cause: toOne })]) {
			const { api } = connected([error]);
			await expect(api.call(post)).resolves.toEqual({
				kind: 'noAnswer',
				reason,
				maybeSent: false,
				permanent: false,
			});
		}
	});

	it('because of a fault that only some addresses met while connecting counts as maybe sent', async () => {
		const errors = [{ syscall: 'connect' }, { syscall: 'read' }];
		const { api } = connected([Object.assign(fault('ETIMEDOUT'), { errors })]);
		await expect(api.call(post)).resolves.toMatchObject({ maybeSent: true });
	});

	it('whose cause an n8n before 2.34 has lost altogether counts as maybe sent', async () => {
		const wrapped = Object.assign(new Error('n8n'), { httpCode: null, messages: ['who knows'] });
		const { api } = connected([wrapped]);
		await expect(api.call(post)).resolves.toMatchObject({ maybeSent: true, permanent: false });
	});

	it('for a reason that we do not know counts as maybe sent', async () => {
		const { api } = connected([fault('HPE_INVALID_CONSTANT')]);
		await expect(api.call(post)).resolves.toMatchObject({ maybeSent: true, permanent: false });
	});

	it('is read from the cause where n8n wraps the error', async () => {
		const wrapped = new Error('The service refused', { cause: fault('ECONNREFUSED') });
		const { api } = connected([new Error('n8n', { cause: wrapped })]);
		await expect(api.call(get)).resolves.toMatchObject({ reason: 'the connection was refused' });
	});

	it.each([
		['ECONNREFUSED', ['connect ECONNREFUSED 10.0.0.1:443'], 'the connection was refused', false],
		['ECONNRESET', ['socket hang up'], 'the connection broke', true],
		['ETIMEDOUT', ['read ETIMEDOUT'], 'no answer came in time', true],
		['ETIMEDOUT', ['connect ETIMEDOUT 10.0.0.1:443'], 'no connection could be made in time', false],
		['EHOSTUNREACH', ['connect EHOSTUNREACH 10.0.0.1:443'], 'the host is unreachable', false],
		['EHOSTUNREACH', ['read EHOSTUNREACH'], 'the connection to the host was lost', true],
		['EPROTO', ['write EPROTO 1:error'], 'the TLS connection failed', true],
		['200', ['aborted'], 'the answer broke off', true],
	])(
		'is read from what an n8n before 2.34 leaves of it: %s, %j',
		async (httpCode, messages, reason, maybeSent) => {
			const wrapped = Object.assign(new Error('n8n'), { cause: undefined, httpCode, messages });
			const { api } = connected([wrapped]);
			await expect(api.call(post)).resolves.toEqual({
				kind: 'noAnswer',
				reason,
				maybeSent,
				permanent: false,
			});
		},
	);

	it('is that of the cause, where there is one, whatever status its answer had', async () => {
		const wrapped = new Error('n8n', { cause: fault('ECONNRESET') });
		const { api } = connected([Object.assign(wrapped, { httpCode: '200' })]);
		await expect(api.call(get)).resolves.toMatchObject({ reason: 'the connection broke' });
	});

	it('because n8n itself refused: nothing was sent, and nothing will help but a change', async () => {
		const { api } = connected([new Error('Domain not allowed')]);
		await expect(api.call(post)).resolves.toEqual({
			kind: 'noAnswer',
			reason: 'n8n did not send the request (Domain not allowed)',
			maybeSent: false,
			permanent: true,
		});
	});

	it('because the key cannot be put into a header will not come later either', async () => {
		const { api } = connected([fault('ERR_INVALID_CHAR')]);
		await expect(api.call(post)).resolves.toMatchObject({
			reason: expect.stringContaining('API key') as unknown,
			maybeSent: false,
			permanent: true,
		});
	});

	it.each(['ECONNREFUSED', 'ECONNRESET', 'ERR_INVALID_CHAR', 'ERR_SSL_X', 'WHATEVER', 'ERR_X'])(
		'never tells the key or the address: %s',
		async (code) => {
			const { api } = connected([fault(code)]);
			expect(JSON.stringify(await api.call(post))).not.toMatch(/sk-secret|cloud\.example/);
		},
	);
});

describe('Stop', () => {
	it('keeps a call from going out', async () => {
		const { api, requests } = connected([{ statusCode: 200 }], { signal: AbortSignal.abort() });
		await expect(api.call(get)).rejects.toBeInstanceOf(Stopped);
		expect(requests).toEqual([]);
	});

	it('that breaks a call off is Stop, not a fault of the network', async () => {
		const stop = new AbortController();
		const { api } = connected([], { signal: stop.signal });
		const call = api.call(get);
		stop.abort();
		await expect(call).rejects.toBeInstanceOf(Stopped);
	});

	it('keeps a redirect from being followed', async () => {
		const stop = new AbortController();
		const moved = {
			statusCode: 307,
			get headers() {
				stop.abort();
				return { location: '/moved' };
			},
		};
		const { api, requests } = connected([moved, { statusCode: 200 }], { signal: stop.signal });
		await expect(api.call(get)).rejects.toBeInstanceOf(Stopped);
		expect(requests).toHaveLength(1);
	});
});

describe('A key that was changed while a task was waited for', () => {
	it('is read anew when the service does not accept the old one any more', async () => {
		const keys = ['old-key-1234', 'new-key-1234'];
		const used: unknown[] = [];
		const functions = {
			getCredentials: async () => await Promise.resolve({ apiKey: keys.shift() ?? 'new-key-1234' }),
			helpers: {
				async httpRequestWithAuthentication(
					_: string,
					__: unknown,
					{ credentialsDecrypted }: { credentialsDecrypted: { data: { apiKey: string } } },
				) {
					used.push(credentialsDecrypted.data.apiKey);
					const statusCode = used.length === 2 || used.length > 3 ? 401 : 200;
					return await Promise.resolve({ statusCode, body: '{}' });
				},
			},
		};
		const api = connect(functions as never, BASE, {}, undefined);
		await api.call(get);
		await expect(api.call(get)).resolves.toMatchObject({ status: 200 });
		expect(used).toEqual(['old-key-1234', 'old-key-1234', 'new-key-1234']);
		await expect(api.call(get)).resolves.toMatchObject({ status: 401 });
		expect(used).toHaveLength(4);
	});
});
