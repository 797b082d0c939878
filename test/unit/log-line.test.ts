import { logLine } from '../../nodes/KirinVideo/output/itemLog';

describe('A log line', () => {
	it('names what there is to find a task by', () => {
		expect(logLine('Task created', { itemIndex: 2, taskId: 'd5u5', externalTaskId: 'n8n-1' })).toBe(
			'Kirin Video: Task created, item 2, task d5u5, external task ID n8n-1',
		);
	});

	it.each(['\n', '\r\n', '\u2028', '\u0085', '\u001b[2K', '\u202e', '\u0000', '\u200b'])(
		'stays one line and shows what it is given: %j',
		(odd) => {
			const line = logLine(`Unknown status "a${odd}b"`, { itemIndex: 0, taskId: `x${odd}y` });
			expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
			expect(line).toMatch(/a\\u\{.+b.*x\\u\{.+y/);
		},
	);

	it("leaves people's own words alone", () => {
		expect(logLine('Größe 🦊 日本', { itemIndex: 0 })).toContain('Größe 🦊 日本');
	});
});
