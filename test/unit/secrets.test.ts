import * as fc from 'fast-check';
import { Secrets, isRedacted } from '../../nodes/KirinVideo/api/credential/secrets';
import { forLog } from '../../nodes/KirinVideo/api/untrusted';

const KEY = 'sk-Live+9f/3Kq"Zt71xWm0';
const secrets = new Secrets(KEY);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const escaped = (text: string) =>
	[...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const percented = (text: string) =>
	[...text].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');

const FORMS: Array<[name: string, form: string]> = [
	['as it is', KEY],
	['with Bearer', `Bearer ${KEY}`],
	['in capitals', KEY.toUpperCase()],
	['in small letters', KEY.toLowerCase()],
	['reversed', [...KEY].reverse().join('')],
	['escaped for JSON', JSON.stringify(KEY).slice(1, -1)],
	['escaped for JSON twice', JSON.stringify(JSON.stringify(KEY))],
	['escaped letter by letter', escaped(KEY)],
	['encoded for a URL', encodeURIComponent(KEY)],
	['encoded for a URL twice', encodeURIComponent(encodeURIComponent(KEY))],
	['encoded letter by letter', percented(KEY)],
	['in HTML', KEY.replaceAll('"', '&quot;').replaceAll('/', '&#x2F;').replaceAll('+', '&#43;')],
	['in Base64', base64(KEY)],
	['in Base64 with Bearer', base64(`Bearer ${KEY}`)],
	['in Base64 at another place', base64(`x${KEY}x`)],
	['in Base64 at a third place', base64(`xx${KEY}`)],
	['in Base64url', Buffer.from(`user:${KEY}`).toString('base64url')],
	['in hex', Buffer.from(KEY).toString('hex')],
	['cut behind its middle', KEY.slice(0, 12)],
	['cut before its middle', KEY.slice(10)],
];

/** Every run of eight characters of a form that must not be left. */
function leftOver(text: string, form: string): string[] {
	const runs = Array.from({ length: Math.max(0, form.length - 11) }, (_, at) =>
		form.slice(at, at + 12),
	);
	return runs.filter((run) => text.toLowerCase().includes(run.toLowerCase()));
}

describe('The key', () => {
	it.each(FORMS)('%s is blanked out', (_, form) => {
		for (const text of [form, `Key ${form} is bad`, `https://files.example/x?k=${form}&y=1`]) {
			const redacted = secrets.redact(text);
			expect(redacted).toContain('[API key]');
			expect(leftOver(redacted, KEY)).toEqual([]);
			expect(leftOver(redacted, form.replace(/^Bearer /, ''))).toEqual([]);
		}
	});

	it('is blanked out wherever it stands in a text', () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), fc.constantFrom(...FORMS), (a, b, [, form]) => {
				expect(leftOver(secrets.redact(a + form + b), form.slice(8))).toEqual([]);
			}),
		);
	});

	it('does not take what stands around it', () => {
		expect(secrets.redact(`before ${KEY} after ${KEY}`)).toBe('before [API key] after [API key]');
		expect(secrets.redact(`a%20b ${KEY} c%20d`)).toBe('a%20b [API key] c%20d');
	});

	it('leaves every other text as it is', () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 200 }), (text) => {
				expect(new Secrets('kirin-secret-0123456789abcdef').redact(text)).toBe(text);
			}),
		);
	});

	it('in pieces too short to tell is left alone: words, numbers, IDs', () => {
		const some = new Secrets('kirin-secret-0123456789abcdef');
		for (const text of ['kirin_v2', 'a secret-', '1234567890123456789', 'secret-012', '']) {
			expect(some.redact(text)).toBe(text === 'secret-012' ? '[API key]' : text);
		}
	});

	it('that is short is only looked for as it is', () => {
		const short = new Secrets('key7');
		expect(short.redact('a key7 is a KEY7')).toBe('a [API key] is a KEY7');
		expect(new Secrets('', ' ').redact('any text')).toBe('any text');
	});

	it('that was changed is known beside the one before', () => {
		const both = new Secrets('first-key-12345');
		both.add('second-key-67890');
		both.add('second-key-67890');
		expect(both.redact('first-key-12345 second-key-67890')).toBe('[API key] [API key]');
	});

	it('is found in the depth of data, in names and in numbers', () => {
		const digits = new Secrets('1234567812345678');
		const data = { [KEY]: [{ a: KEY, b: 7, c: null, d: true }] };
		expect(secrets.clean(data)).toEqual({
			'[API key]': [{ a: '[API key]', b: 7, c: null, d: true }],
		});
		expect(digits.clean({ a: 1234567812345678, b: 1234 })).toEqual({ a: '[API key]', b: 1234 });
	});

	it('in an address can be brought back, to fetch the video that is paid for', () => {
		const own = new Secrets(KEY);
		const url = `https://files.example/x.mp4?key=${encodeURIComponent(KEY)}`;
		const { shown } = own.receive({ shown: url });
		expect(isRedacted(shown)).toBe(true);
		expect(own.reveal(shown)).toBe(url);
		expect(own.reveal('other')).toBe('other');
		expect(new Secrets(KEY).reveal(shown)).toBe(shown);
	});

	it('in more texts than anybody sends is not kept for all of them', () => {
		const own = new Secrets(KEY);
		for (let index = 0; index < 1_001; index++) own.receive(`${index} ${KEY}`);
		expect(own.reveal('0 [API key]')).toBe('0 [API key]');
		expect(own.reveal('1000 [API key]')).toBe(`1000 ${KEY}`);
	});
});

describe('A line of a log', () => {
	it('stays one, whatever is in it', () => {
		expect(forLog('Task a\nERROR all is lost\u001b[31m\u2028\u202e')).toBe(
			'Task a\\u{a}ERROR all is lost\\u{1b}[31m\\u{2028}\\u{202e}',
		);
		expect(forLog('x'.repeat(10_000_000)).length).toBeLessThan(3_000);
	});
});
