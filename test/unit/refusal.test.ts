import * as fc from 'fast-check';
import {
	MAX_RETRY_AFTER_MS,
	isDuplicateExternalId,
	readProviderMessage,
	refusalKind,
	retryAfterMs,
} from '../../nodes/KirinVideo/api/answer';
import { START } from './virtual-clock';
import { answer, silent } from './scripted-api';

describe('The words of the service', () => {
	it.each([
		[
			'an error object with a request ID',
			{ error: { code: 'UNAUTHORIZED', message: 'Bad key' }, request_id: 'r-1' },
			{ code: 'UNAUTHORIZED', message: 'Bad key', requestId: 'r-1' },
		],
		['an error text', { error: 'invalid_api_key' }, { message: 'invalid_api_key' }],
		[
			'a status envelope',
			{
				status: { code: 402, message: 'Insufficient credits', error_code: 40201 },
				data: null,
			},
			{ code: '40201', message: 'Insufficient credits' },
		],
		['a message', { message: 'Slow down' }, { message: 'Slow down' }],
		['a detail', { detail: 'Not allowed' }, { message: 'Not allowed' }],
		[
			'a list of details',
			{ detail: [{ loc: ['prompt'], msg: 'too long' }, { msg: 'too loud' }] },
			{ message: 'too long; too loud' },
		],
	])('are found in %s', (_, body, words) => {
		expect(readProviderMessage(body)).toEqual(words);
	});

	it.each([undefined, null, '', '<html>', 5, [], {}, { error: null }, { message: '' }])(
		'are not in %j',
		(body) => {
			expect(readProviderMessage(body)).toEqual({});
		},
	);

	it('keep the leading zeros of a code', () => {
		expect(readProviderMessage({ error: { code: '002011099', message: 'no' } }).code).toBe(
			'002011099',
		);
	});

	it('are cut when they are a novel, and not in the middle of an emoji', () => {
		for (const padding of ['', 'x']) {
			const message = readProviderMessage({ message: padding + '🦄'.repeat(5000) }).message ?? '';
			expect(message.length).toBeLessThan(700);
			expect(message).not.toMatch(/\p{Surrogate}/u);
		}
	});
});

describe('An answer', () => {
	it.each([
		[400, 'parameter'],
		[422, 'parameter'],
		[401, 'key'],
		[402, 'credit'],
		[404, 'missing'],
		[301, 'redirect'],
		[302, 'redirect'],
		[308, 'redirect'],
		[405, 'other'],
		[409, 'other'],
		[413, 'other'],
		[451, 'other'],
	])('of HTTP %d is final: %s', (status, kind) => {
		expect(refusalKind(answer(status))).toBe(kind);
	});

	it("of HTTP 403 is final where it is the API's own", () => {
		expect(refusalKind(answer(403, { error: { code: 'FORBIDDEN', message: 'no' } }))).toBe('key');
		expect(refusalKind(answer(403, { error: 'balance' }))).toBe('key');
	});

	it('of HTTP 403 from something in between is passing for a few tries', () => {
		for (const body of [undefined, {}, 'Blocked']) {
			expect(refusalKind({ ...answer(403, body), foreignRefusals: 1 })).toBeUndefined();
			expect(refusalKind({ ...answer(403, body), foreignRefusals: 6 })).toBe('blocked');
			expect(refusalKind(answer(403, body))).toBe('blocked');
		}
	});

	it.each([200, 202, 204, 408, 425, 429, 500, 502, 503, 504, 520, 599])(
		'of HTTP %d that is not a task is passing',
		(status) => {
			expect(refusalKind(answer(status))).toBeUndefined();
			expect(refusalKind(answer(status, { message: 'no' }))).toBeUndefined();
		},
	);

	it.each([40201, '40205', 40208])(
		'with the code %j is about credit, whatever its status',
		(code) => {
			for (const status of [200, 400, 403]) {
				const body = { status: { code: 402, message: 'no', error_code: code }, data: null };
				expect(refusalKind(answer(status, body))).toBe('credit');
			}
		},
	);

	it.each([40200, 40209, 'CREDIT', ''])('with the code %j is not about credit', (code) => {
		expect(refusalKind(answer(400, { error: { code, message: 'no' } }))).toBe('parameter');
	});

	it('that never came is passing, unless the request cannot be sent at all', () => {
		expect(refusalKind(silent())).toBeUndefined();
		expect(refusalKind(silent({ maybeSent: false }))).toBeUndefined();
		expect(refusalKind(silent({ maybeSent: false, permanent: true }))).toBe('other');
	});
});

describe('A duplicate external task ID', () => {
	it.each([
		[409, undefined],
		[409, { error: { code: 'CONFLICT', message: 'conflict' } }],
		[400, { error: { code: 'DUPLICATE_EXTERNAL_TASK_ID', message: 'no' } }],
		[400, { error: { code: 'BAD', message: 'external_task_id already exists' } }],
		[400, { message: 'External task ID must be unique' }],
		[422, { detail: [{ msg: 'duplicate external_task_id' }] }],
		[400, { status: { code: 400, message: 'The external task id is not unique' }, data: null }],
	])('is told by HTTP %d %j', (status, body) => {
		expect(isDuplicateExternalId(answer(status, body))).toBe(true);
	});

	it.each([
		[400, { message: 'external_task_id is too long' }],
		[400, { message: 'A file of this name already exists' }],
		[400, undefined],
		[200, { message: 'external_task_id already exists' }],
		[503, { message: 'external_task_id already exists' }],
	])('is not what HTTP %d %j says', (status, body) => {
		expect(isDuplicateExternalId(answer(status, body))).toBe(false);
	});

	it('is not what no answer says', () => {
		expect(isDuplicateExternalId(silent())).toBe(false);
	});
});

describe('Retry-After', () => {
	const asked = (header: string) =>
		retryAfterMs(answer(429, undefined, { 'retry-after': header }), START);

	it.each([
		['0', 0],
		['7', 7_000],
		[' 7 ', 7_000],
		['1.5', 1_500],
	])('of "%s" is in seconds', (header, ms) => {
		expect(asked(header)).toBe(ms);
	});

	it('may be a date', () => {
		expect(asked(new Date(START + 42_000).toUTCString())).toBe(42_000);
	});

	it.each(['-5', new Date(START - 60_000).toUTCString()])('in the past (%s) is now', (header) => {
		expect(asked(header)).toBe(0);
	});

	it.each(['999999999', '1e300', 'Infinity', new Date(START + 9e9).toUTCString()])(
		'of %s is believed for ten minutes only',
		(header) => {
			expect(asked(header)).toBe(10 * 60_000);
		},
	);

	it.each(['', '  ', 'soon', 'NaN', '{}'])('of "%s" is ignored', (header) => {
		expect(asked(header)).toBeUndefined();
	});

	it('is not always there', () => {
		expect(retryAfterMs(answer(429), START)).toBeUndefined();
		expect(retryAfterMs(silent(), START)).toBeUndefined();
	});

	it('is never less than nothing or more than ten minutes, whatever it says', () => {
		const headers = fc.oneof(fc.string(), fc.double().map(String), fc.date().map(String));
		fc.assert(
			fc.property(headers, (header) => {
				const ms = asked(header) ?? 0;
				expect(ms).toBeGreaterThanOrEqual(0);
				expect(ms).toBeLessThanOrEqual(MAX_RETRY_AFTER_MS);
			}),
		);
	});
});

describe('What a provider says', () => {
	it.each<[unknown, string]>([
		[{ errors: [{ message: 'Too long' }] }, 'Too long'],
		[{ errors: ['Too long'] }, 'Too long'],
	])('is read from a list of errors: %j', (body, message) => {
		expect(readProviderMessage(body).message).toBe(message);
	});
});
