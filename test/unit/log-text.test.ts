import { logText } from '../../nodes/KirinVideo/api/logText';

describe('A text from outside in a log line', () => {
	it.each([
		['a line break', 'a\nKirin Video: forged', 'a\\u{a}Kirin Video: forged'],
		['a terminal sequence', 'a\u001b[2Jb', 'a\\u{1b}[2Jb'],
		['a mark that turns the direction', 'a\u202eb', 'a\\u{202e}b'],
		['a line separator', 'a\u2028b', 'a\\u{2028}b'],
	])('shows %s instead of obeying it', (_, text, shown) => {
		expect(logText(text)).toBe(shown);
	});

	it('keeps what people write', () => {
		expect(logText('Köln – 北京 🎬, "a" → b')).toBe('Köln – 北京 🎬, "a" → b');
	});

	it('is bounded', () => {
		expect(logText('x'.repeat(10_000)).length).toBeLessThan(600);
	});
});
