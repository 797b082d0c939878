import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import {
	AnswerTooLarge,
	MAX_ANSWER_BYTES,
	parseJson,
	readText,
	pageText,
	withExactIntegers,
} from '../../nodes/KirinVideo/api/answerText';

describe('A number beyond what JavaScript can hold', () => {
	it.each([
		['{"id":12345678901234567890}', { id: '12345678901234567890' }],
		['{"id": -9007199254740993 }', { id: '-9007199254740993' }],
		['[9007199254740991, 9007199254740993]', [9007199254740991, '9007199254740993']],
		[
			'{"a":{"task_id":98765432109876543210,"b":true}}',
			{ a: { task_id: '98765432109876543210', b: true } },
		],
		['98765432109876543210', '98765432109876543210'],
	])('keeps its digits as a text: %s', (json, value) => {
		expect(parseJson(json)).toEqual(value);
	});

	it.each([
		'{"a":"12345678901234567890"}',
		'{"a":"x\\\\\\"12345678901234567890"}',
		'{"a":1e30,"b":0.12345678901234567890,"c":12345678901234567890.5,"d":[false,true,null]}',
		'{"12345678901234567890":1}',
	])('and only that is touched: %s', (json) => {
		expect(withExactIntegers(json)).toBe(json);
	});

	it('changes nothing else of any JSON', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				const json = JSON.stringify(value);
				const exact = (_: string, one: unknown) =>
					Number.isInteger(one) && !Number.isSafeInteger(one) && Math.abs(one as number) < 1e21
						? String(one)
						: one;
				expect(parseJson(json)).toEqual(JSON.parse(json, exact));
			}),
		);
	});

	it('keeps every digit of every integer, wherever it stands', () => {
		fc.assert(
			fc.property(fc.bigInt(), fc.string(), fc.jsonValue(), (id, name, other) => {
				const json = `{${JSON.stringify(`n${name}`)}:[${id},${JSON.stringify(other)}]}`;
				const read = parseJson(json) as Record<string, unknown[]>;
				expect(String(read[`n${name}`]?.[0])).toBe(String(id));
			}),
		);
	});

	it('makes no JSON of what is none', () => {
		for (const text of ['{"a":12345678901234567890', '"12345678901234567890', '{', '', '<p>']) {
			expect(parseJson(text)).toBeUndefined();
		}
	});
});

describe('An answer', () => {
	it('that is nested without end is none', () => {
		expect(parseJson(`${'['.repeat(1_000_000)}`)).toBeUndefined();
		expect(parseJson(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`)).toBeUndefined();
		expect(parseJson(`${'['.repeat(90)}${']'.repeat(90)}`)).toBeDefined();
	});

	it('has no text that is longer than any that means something', () => {
		const long = 'x'.repeat(200_000);
		const read = parseJson(JSON.stringify({ [long]: [{ error: long }, 7] })) as object;
		expect(JSON.stringify(read).length).toBeLessThan(140_000);
	});

	it('is read from a stream, with or without a mark of its byte order', async () => {
		expect(await readText(Readable.from([Buffer.from('\uFEFF{"a":'), Buffer.from('"ü"}')]))).toBe(
			'{"a":"ü"}',
		);
		expect(await readText(Readable.from(['{}']))).toBe('{}');
		expect(await readText({ a: 1 })).toEqual({ a: 1 });
	});

	it('that never ends is not read to its end', async () => {
		let sent = 0;
		const endless = Readable.from(
			(function* () {
				for (;;) {
					sent += 1024 * 1024;
					yield Buffer.alloc(1024 * 1024);
				}
			})(),
		);
		await expect(readText(endless)).rejects.toBeInstanceOf(AnswerTooLarge);
		expect(sent).toBeLessThan(2 * MAX_ANSWER_BYTES);
		endless.emit('error', new Error('late'));
	});

	it('that is a page is shown by its words', () => {
		const page =
			'<html><style>p{}</style><script>if (a<b) {}</script><p>Blocked\n by <b>Wall</b></html>';
		expect(pageText(page, (text) => text)).toBe('Blocked by Wall');
		expect(pageText('<p></p>', (text) => text)).toBeUndefined();
		expect(pageText('x'.repeat(1e7), (text) => text)?.length).toBe(301);
	});
});
