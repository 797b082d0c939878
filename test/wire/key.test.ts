import { KEY, KEY_FORMS, type KeyForm, findKey } from './key-forms';
import { refusal, type Answer, type Script } from './lying-server';
import { judge } from './judge';
import { spread } from './spread';
import type { LifeOptions, WayName } from './ways';
import { wireWorldForTests } from './wire-world';

const wire = wireWorldForTests();

interface Place {
	way: WayName;
	/** What the service does with a text. */
	script: (text: string) => Script;
	options?: (text: string) => LifeOptions;
}

const task = (rest: object): Answer => ({ body: { id: 'task1d5u5obte8783', ...rest } });
const raw = { parameters: { output: { simplify: false } } };
/** So that an error has to tell of the label. */
const NOTHING_KNOWN = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const withWarnings = { parameters: { output: { onDownloadError: 'returnItem' } } };
const header = (text: string) => encodeURI(text).replaceAll(/[^\x21-\x7e]/g, '');

const PLACES: Record<string, Place> = {
	'the message of a refused create': {
		way: 'poll',
		script: (text) => ({ create: refusal(400, 'BAD', `not with ${text} here`) }),
	},
	'the code of a refused create': {
		way: 'submit',
		script: (text) => ({ create: refusal(400, text, 'no') }),
	},
	'the request ID of a refused look': {
		way: 'get',
		script: (text) => ({ get: { status: 400, body: { message: 'no', request_id: text } } }),
	},
	'the message of a key that is refused': {
		way: 'wait',
		script: (text) => ({ get: refusal(401, 'UNAUTHORIZED', `invalid key: ${text}`) }),
	},
	'the credential test': {
		way: 'credential',
		script: (text) => ({ get: refusal(401, 'UNAUTHORIZED', `invalid key: ${text}`) }),
	},
	'the list of models': {
		way: 'search',
		script: (text) => ({
			search: { body: { hits: [{ id: 'kirin_v9', title: text, description: text }, text] } },
		}),
	},
	'the answer to a callback': {
		way: 'trigger',
		script: (text) => ({ get: refusal(401, 'UNAUTHORIZED', `invalid key: ${text}`) }),
	},
	'a callback': {
		way: 'trigger',
		script: () => ({}),
		options: (text) => ({ callback: { id: text, note: text } }),
	},
	'a callback of a wait': {
		way: 'callback',
		script: () => ({}),
		options: (text) => ({ callback: { id: text, note: text } }),
	},
	'the error of a task': {
		way: 'wait',
		script: (text) => ({ get: task({ status: 'failed', error: { code: 'X', message: text } }) }),
	},
	'the error of a task, by Get': {
		way: 'get',
		script: (text) => ({ get: task({ status: 'failed', error: { code: text, message: text } }) }),
	},
	'the error of a task, after a callback': {
		way: 'callback',
		script: (text) => ({
			get: ({ task: model }) => ({ body: { id: model?.id, status: 'failed', error: text } }),
		}),
	},
	'the status of a task': {
		way: 'wait',
		script: (text) => ({ get: task({ status: text }) }),
	},
	'the model of a task': {
		way: 'get',
		script: (text) => ({ get: task({ status: 'in_progress', model: text }) }),
	},
	'an answer, as raw output of Get': {
		way: 'get',
		script: (text) => ({
			get: task({ status: 'in_progress', metadata: { trace: [text], [text]: 1 } }),
		}),
		options: () => raw,
	},
	'an answer, as raw output of the trigger': {
		way: 'trigger',
		script: (text) => ({ get: task({ status: 'failed', error: text, metadata: { text } }) }),
		options: () => ({ ...raw, parameters: { ...raw.parameters, events: ['completed', 'failed'] } }),
	},
	'the reason of an estimate': {
		way: 'estimate',
		script: (text) => ({
			estimate: { body: { status: 'failed', data: { cost: null, reason: text } } },
		}),
	},
	'an estimate, as raw output': {
		way: 'estimate',
		script: (text) => ({
			estimate: { body: { status: 'success', data: { cost: '1', currency: 'USD', hash: text } } },
		}),
		options: () => raw,
	},
	'the reason why the cost is unknown': {
		way: 'limited',
		script: (text) => ({
			estimate: { body: { status: 'failed', data: { cost: null, reason: text } } },
		}),
	},
	'the address of a video, by Get': {
		way: 'get',
		script: (text) => ({
			get: task({
				status: 'completed',
				output: [{ type: 'video', url: `https://files.example/a.mp4?key=${text}` }],
			}),
		}),
	},
	'the address of a video that is not there': {
		way: 'wait',
		script: (text) => ({
			get: task({
				status: 'completed',
				output: [
					{ type: 'video', url: `${wire.current.server.filesUrl}/${encodeURI(text)}/v.mp4` },
				],
			}),
			download: { status: 404, body: text },
		}),
	},
	'the file name of a video': {
		way: 'wait',
		script: (text) => ({
			download: (_, truth) => ({
				...truth,
				headers: {
					...truth.headers,
					'content-disposition': `attachment; filename="${header(text)}.mp4"`,
				},
			}),
		}),
	},
	'the type of a file that is no video': {
		way: 'wait',
		script: (text) => ({
			download: { headers: { 'content-type': `text/${header(text)}` }, body: NOTHING_KNOWN },
		}),
	},
	'the type of a file that is no video, as a warning': {
		way: 'wait',
		script: (text) => ({
			download: { headers: { 'content-type': `text/${header(text)}` }, body: NOTHING_KNOWN },
		}),
		options: () => withWarnings,
	},
	'the type of a file that is no video, by the trigger': {
		way: 'trigger',
		script: (text) => ({
			download: { headers: { 'content-type': `text/${header(text)}` }, body: NOTHING_KNOWN },
		}),
	},
	'the type of a file that is no video, as a warning of the trigger': {
		way: 'trigger',
		script: (text) => ({
			download: { headers: { 'content-type': `text/${header(text)}` }, body: NOTHING_KNOWN },
		}),
		options: () => withWarnings,
	},
	'the address of a video, by the trigger': {
		way: 'trigger',
		script: (text) => ({
			get: task({
				status: 'completed',
				output: [
					{ type: 'video', url: `${wire.current.server.filesUrl}/${encodeURI(text)}/v.mp4` },
				],
			}),
		}),
	},
	'a redirect of the API': {
		way: 'get',
		script: (text) => ({
			get: {
				status: 302,
				headers: { location: `https://elsewhere.example/?k=${header(text)}` },
			},
		}),
	},
	'a redirect of a video': {
		way: 'wait',
		script: (text) => ({
			download: { status: 302, headers: { location: `ftp://elsewhere.example/${header(text)}` } },
		}),
	},
};

const hasNoItems = (way?: WayName) => way === 'credential' || way === 'search';

const FORMS = Object.keys(KEY_FORMS) as KeyForm[];

const rows = spread(Object.keys(PLACES), FORMS, 5).map(({ row, column }) => ({
	place: row,
	form: column,
}));

describe('The search for the key', () => {
	it.each(FORMS)('finds it %s, stored twice', (form) => {
		expect(findKey(JSON.stringify({ at: `<${KEY_FORMS[form]}>` }))).toBeDefined();
	});

	it('finds nothing where there is nothing', () => {
		expect(findKey(JSON.stringify({ prompt: 'A fox in the snow', key: KEY.slice(0, 6) }))).toBe(
			undefined,
		);
	});
});

describe('The API key comes out nowhere', () => {
	it.each(rows)('from $place: $form', async ({ place, form }) => {
		const { way, script, options } = PLACES[place] ?? { way: 'get', script: () => ({}) };
		const text = KEY_FORMS[form];
		const { current } = wire;
		const lived = await current.live(way, script(text), options?.(text));

		expect(judge(current, way, lived).filter(({ crime }) => crime !== 'unnamedTasks')).toEqual([]);
	});

	it.each(Object.keys(PLACES).filter((place) => !hasNoItems(PLACES[place]?.way)))(
		'from %s, where errors become items',
		async (place) => {
			const { way, script, options } = PLACES[place] ?? { way: 'get', script: () => ({}) };
			const { current } = wire;
			const lived = await current.live(way, script(KEY_FORMS['with Bearer']), {
				...options?.(KEY),
				workflow: { onError: 'continueRegularOutput' },
			});

			expect(current.keyOutside(lived)).toBeUndefined();
		},
	);

	it.each(FORMS)('from a long text, wherever that is cut: %s', async (form) => {
		const { current } = wire;
		// Wherever a limit of so many characters falls, it falls into a key.
		const text = `${KEY_FORMS[form]} `.repeat(400);
		for (const script of [
			{ create: refusal(400, 'BAD', text) },
			{ create: refusal(400, text, 'no') },
			{ get: task({ status: 'failed', error: { code: text, message: text } }) },
		]) {
			await current.reset();
			const lived = await current.live('poll', script);

			expect(current.keyOutside(lived)).toBeUndefined();
		}
	});
});
