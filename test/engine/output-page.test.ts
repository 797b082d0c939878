import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { generating, onTask, onlyItem, run, sandboxForTests } from './kirin';

const sandbox = sandboxForTests();

const page = readFileSync(join(__dirname, '../../docs/output.md'), 'utf8');

/** The items that the page shows, in its order. */
const [completed, estimate, failed, ...others] = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(
	([, json = '']) => JSON.parse(json) as IDataObject,
);

/**
 * A value as every run gives it, as lines to compare: IDs, times and hosts differ from run to run, and
 * so do numbers, which are measured. Fields stay in their order.
 */
function shapeOf(item: IDataObject | undefined): string {
	const withoutIds = (text: string) =>
		text
			.replace(/n8n-[0-9a-f]{32}/g, 'n8n-<ID>')
			.replace(/\b(?=[a-z]*\d)[a-z0-9]{20}\b/g, '<ID>')
			.replace(/^(v1:[0-9a-f]{64}|[0-9a-f]{16})$/, '<digits>')
			.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, '<time>')
			.replace(/^https?:\/\/\S+\//, '<address>/');
	const shape = (_: string, value: unknown) => {
		if (typeof value === 'number') return '<number>';
		return typeof value === 'string' ? withoutIds(value) : value;
	};
	return JSON.stringify(item, shape, '\t');
}

describe('The page on items shows', () => {
	it('three items', () => {
		expect([completed, estimate, failed].every(Boolean)).toBe(true);
		expect(others).toEqual([]);
	});

	it('a completed task as a run gives it', async () => {
		const parameters = generating({ options: { watermark: true } });
		const { json, binary } = onlyItem(await run(sandbox.current, parameters));

		expect(shapeOf(completed)).toBe(shapeOf(json));
		expect(binary?.data?.fileName).toBe(`${json.taskId as string}.mp4`);
	});

	it('an estimate as a run gives it', async () => {
		const { mode, duration } = estimate as { mode: string; duration: string };
		const parameters = onTask('estimateCost', { prompt: 'A fox', mode, duration });
		const { json } = onlyItem(await run(sandbox.current, parameters));

		expect(shapeOf(estimate)).toBe(shapeOf(json));
	});

	it('an error as a run that goes on gives it', async () => {
		const parameters = generating({ prompt: 'A fox [sandbox: fail 002011096]' });
		const options = { onError: 'continueRegularOutput' } as const;
		const { json } = onlyItem(await run(sandbox.current, parameters, options));

		expect(shapeOf(failed)).toBe(shapeOf(json));
	});
});
