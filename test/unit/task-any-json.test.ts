import * as fc from 'fast-check';
import { simplify } from '../../nodes/KirinVideo/output/itemJson';
import { readTask, videosOf } from '../../nodes/KirinVideo/task/task';
import { readProviderMessage } from '../../nodes/KirinVideo/api/answer';

const STATUSES = ['queued', 'in_progress', 'completed', 'failed'];

const json = fc.jsonValue({ maxDepth: 4 });
const word = fc.constantFrom('completed', 'FAILED', 'in_progress', 'pending', 'constructor', 'odd');
const content = fc.record({ type: json, url: fc.oneof(fc.webUrl(), json), size: json });

/** An object with the keys of a task, and anything at all under them. */
const taskLike = fc.record(
	{
		id: fc.oneof(fc.string(), fc.integer(), json),
		task_id: json,
		request_id: json,
		external_task_id: json,
		status: fc.oneof(word, json),
		model: json,
		progress: fc.oneof(fc.double(), json),
		created_at: fc.oneof(fc.integer(), fc.double(), fc.constantFrom(1769757744021000000), json),
		output: fc.oneof(fc.array(fc.oneof(content, fc.record({ content: fc.array(content) }))), json),
		outputs: json,
		usage: fc.oneof(fc.record({ cost: json, discount: json }), json),
		error: fc.oneof(fc.record({ code: json, message: json }), json),
	},
	{ requiredKeys: [] },
);

const bodies = fc.oneof(
	{ weight: 1, arbitrary: json },
	{ weight: 3, arbitrary: taskLike },
	{ weight: 1, arbitrary: fc.record({ data: taskLike, status: json }) },
);

function strayNumbers(value: unknown): number[] {
	if (typeof value === 'number') return Number.isFinite(value) ? [] : [value];
	if (typeof value !== 'object' || value === null) return [];
	return Object.values(value).flatMap(strayNumbers);
}

describe('Whatever JSON the service sends', () => {
	it('a task has an ID, one of four statuses, and no number that is none', () => {
		let tasks = 0;
		fc.assert(
			fc.property(bodies, (body) => {
				const task = readTask(body);
				if (!task) return;
				tasks++;
				expect(task.taskId).toMatch(/\S/);
				expect(STATUSES).toContain(task.status);
				expect(strayNumbers({ ...task, raw: undefined })).toEqual([]);
				expect(task.progress ?? 0).toBeGreaterThanOrEqual(0);
				expect(task.progress ?? 0).toBeLessThanOrEqual(1);
				expect(task.error !== undefined).toBe(task.status === 'failed');
				for (const { type, url } of task.contents) {
					expect(typeof type).toBe('string');
					expect(url).toMatch(/\S/);
				}
			}),
			{ numRuns: 2000 },
		);
		expect(tasks).toBeGreaterThan(100);
	});

	it('an item can be made of the task', () => {
		fc.assert(
			fc.property(bodies, (body) => {
				const task = readTask(body);
				if (!task) return;
				const item = simplify(task);
				expect(Object.values(item)).not.toContain(undefined);
				expect(strayNumbers(item)).toEqual([]);
				expect(videosOf(task).video?.url).toBe(item.videoUrl);
			}),
			{ numRuns: 2000 },
		);
	});

	it('a cost that is a text is that text to the letter', () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1 }), (cost) => {
				const read = readTask({ id: 'a', usage: { cost } })?.cost;
				expect(read).toBe(cost.trim() === '' ? undefined : cost);
			}),
		);
	});

	it('an error code keeps its leading zeros', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^0{0,4}\d{3,9}$/), (code) => {
				expect(readTask({ id: 'a', status: 'failed', error: { code } })?.error?.code).toBe(code);
			}),
		);
	});

	it('the words of an error are short texts or nothing', () => {
		const errors = fc.record(
			{ error: json, status: json, message: json, detail: json, code: json, request_id: json },
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(fc.oneof(json, errors), (body) => {
				for (const value of Object.values(readProviderMessage(body))) {
					expect(typeof value).toBe('string');
				}
				expect(readProviderMessage(body).message?.length ?? 0).toBeLessThanOrEqual(600);
			}),
			{ numRuns: 1000 },
		);
	});
});
