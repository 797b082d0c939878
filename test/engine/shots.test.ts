import type { INodeParameters } from 'n8n-workflow';
import { catalogueModel, generateFromText, modelById, onTask } from '../saved-parameters';
import { callResumeUrl, passDeadline, runWorkflow } from './engine';
import { NODE, errorText, onlyItem, run, runOptions, sandboxForTests, until } from './kirin';

const sandbox = sandboxForTests({ otherModels: ['kirin_v9_t2v'] });

const shot = (prompt: string, duration: number | string) => ({ prompt, duration });
const inShots = (shots: unknown, more: INodeParameters = {}): INodeParameters => ({
	...catalogueModel('kirin_v3_t2v'),
	prompt: '',
	duration: '5',
	shots: { shot: shots as INodeParameters[] },
	...more,
});

function sent() {
	return sandbox.current.ledger.tasks.map(({ params }) => params);
}

async function submit(parameters: INodeParameters) {
	return await run(sandbox.current, generateFromText(parameters, 'none'));
}

describe('Shots', () => {
	it('become a video of several scenes', async () => {
		const parameters = inShots([shot('A fox', 2), shot('It runs', '2.5'), shot('It sleeps', 0.5)]);
		const bad = await submit(parameters);
		expect(errorText(bad)).toMatch(
			/^Shots: Duration of shot 3 must be a number of at least 1, but is the number 0\.5/,
		);

		const good = inShots([shot('A fox', 2), shot('It runs', '1.5'), shot('It sleeps', 1.5)]);
		const item = onlyItem(await run(sandbox.current, generateFromText(good)));
		expect(item.json.status).toBe('completed');
		expect(item.json).not.toHaveProperty('warning');
		expect(sent()).toMatchObject([
			{
				multi_shot: true,
				shot_type: 'customize',
				multi_prompt: [
					{ index: 1, prompt: 'A fox', duration: '2' },
					{ index: 2, prompt: 'It runs', duration: '1.5' },
					{ index: 3, prompt: 'It sleeps', duration: '1.5' },
				],
				duration: '5',
			},
		]);
		expect(sent()[0]).not.toHaveProperty('prompt');
	});

	it('take the place of the prompt, and the item says so', async () => {
		const item = onlyItem(await submit(inShots([shot('A fox', 5)], { prompt: 'A hare' })));

		expect(item.json.warning).toBe('Prompt was not sent: Shots take its place');
		expect(sent()[0]).not.toHaveProperty('prompt');
	});

	it('may be a list of the API in Additional Parameters', async () => {
		const list = [{ index: 1, prompt: 'A fox', duration: '5' }];
		const options = { additionalParameters: JSON.stringify({ multi_prompt: list }) };
		onlyItem(await submit(inShots([], { shots: {}, options })));

		expect(sent()).toMatchObject([{ multi_shot: true, multi_prompt: list }]);
	});

	it('are passed on for a model by its ID', async () => {
		const options = { shots: { shot: [shot('x'.repeat(600), 3)] } };
		onlyItem(await submit({ ...modelById('kirin_v9_t2v'), options, prompt: '' }));

		expect(sent()).toMatchObject([{ multi_shot: true, multi_prompt: [{ duration: '3' }] }]);
	});

	it('that are none leave the prompt alone', async () => {
		onlyItem(await submit(inShots([], { prompt: 'A fox' })));

		expect(sent()).toMatchObject([{ prompt: 'A fox' }]);
		expect(sent()[0]).not.toHaveProperty('multi_shot');
	});

	it.each<[INodeParameters, RegExp]>([
		[
			inShots([shot('A fox', 2), shot('A hare', 2)]),
			/^Shots must have durations that add up to Duration \(5\), but they add up to 4/,
		],
		[inShots(Array(7).fill(shot('A fox', 1))), /^Shots must be at most 6, but are 7/],
		[
			inShots([shot(' ', 5)]),
			/^Shots: Prompt of shot 1 must be text of 1 to 512 characters, but is empty/,
		],
		[
			inShots([shot('x'.repeat(513), 5)]),
			/^Shots: Prompt of shot 1 must have 1 to 512 characters, but has 513/,
		],
		[
			inShots([], { options: { additionalParameters: '{"multi_prompt": "A fox"}' } }),
			/^Shots must be a list, but is "A fox"/,
		],
		[inShots([], { prompt: ' ' }), /^Prompt must be text of 1 to 2500 characters, but is empty/],
	])('are refused before anything is sent: %#', async (parameters, problem) => {
		expect(errorText(await submit(parameters))).toMatch(problem);
		expect(sandbox.current.ledger.requests).toEqual([]);
	});
});

describe('A key of Additional Parameters that looks like a slip', () => {
	const options = { additionalParameters: '{"durration": "15"}' };
	const parameters = { ...modelById('kirin_v9_t2v'), options };
	const warning = 'Additional Parameters has the key durration: was duration meant?';

	it.each(['poll', 'none'] as const)('is named in a warning, and sent: %s', async (waiting) => {
		const item = onlyItem(await run(sandbox.current, generateFromText(parameters, waiting)));

		expect(item.json.warning).toBe(warning);
		expect(sent()).toMatchObject([{ durration: '15' }]);
	});

	it('is told after a wait for callbacks, and at its deadline', async () => {
		const waitingFor = generateFromText({ ...parameters, prompt: 'A fox' }, 'callback');
		sandbox.current.settings.renderSeconds = 40;
		const options = runOptions(sandbox.current, waitingFor, {});
		const waiting = await runWorkflow(options);
		expect(waiting.status).toBe('waiting');
		const { output } = await passDeadline(options, waiting);
		expect(output(NODE)[0]?.json).toMatchObject({ status: 'in_progress', warning });

		await until(() => (sandbox.current.ledger.tasks[0]?.endsAt ?? 0) <= Date.now());
		const { resumed } = await callResumeUrl(options, waiting, { body: {} });
		expect(resumed?.output(NODE)[0]?.json).toMatchObject({ status: 'completed', warning });
	});

	it('is told with an estimate', async () => {
		const estimating = onTask('estimateCost', { prompt: 'A fox', ...parameters });
		expect(onlyItem(await run(sandbox.current, estimating)).json.warning).toBe(warning);
	});
});
