import type {
	IBinaryKeyData,
	IDataObject,
	INodeExecutionData,
	INodeParameters,
} from 'n8n-workflow';
import { findModel } from '../../nodes/KirinVideo/request/models';
import { parameterFields } from '../../nodes/KirinVideo/request/parameters';
import { type Params, PAGES } from '../sandbox/pages';
import {
	catalogueModel,
	generateFromImage,
	generateFromText,
	modelById,
} from '../saved-parameters';
import { NODE, onlyItem, run, sandboxForTests } from './kirin';

/**
 * Every model of the catalogue through the node, by what its page says: what the page takes is sent as it
 * is, what it excludes is refused before anything is sent, and where it is silent the service speaks.
 */
const sandbox = sandboxForTests();

interface Given {
	parameters: INodeParameters;
	item: INodeExecutionData;
}

/** Requests that the node cannot make, because it writes these parts itself. */
function isBeyondNode({ duration, sound, camera_control: camera, ...params }: Params): boolean {
	const { image_list: images, multi_shot: multiShot, multi_prompt: shots } = params;
	return (
		typeof duration === 'number' ||
		typeof sound === 'boolean' ||
		typeof camera === 'string' ||
		(images !== undefined && !isImageList(images)) ||
		(shots === undefined ? multiShot === true : !Array.isArray(shots) || shots.length === 0) ||
		(Array.isArray(shots) && (!areShots(shots) || duration === undefined)) ||
		('multi_shot' in params && multiShot !== true) ||
		(Array.isArray(shots) && params.shot_type !== 'customize')
	);
}

function isImageList(value: unknown): value is Array<{ image: string }> {
	if (!Array.isArray(value)) return false;
	const images = value as Array<{ image?: unknown }>;
	const kinds = new Set(images.map(({ image }) => String(image).startsWith('http')));
	return (
		kinds.size < 2 &&
		images.every((one) => typeof one.image === 'string' && Object.keys(one).length === 1)
	);
}

function areShots(shots: unknown[]): boolean {
	return (shots as Array<Record<string, unknown>>).every(
		({ index, duration }, place) => index === place + 1 && typeof duration === 'string',
	);
}

/** A request of the API as a user gives it to the node: by expressions, so that every field shows. */
function givenBy(id: string, params: Params): Given {
	const { image, image_tail: tail, image_list: images, multi_prompt: shots, ...rest } = params;
	const fields: IDataObject = { mode: 'std', duration: '5' };
	const options: INodeParameters = {};
	const additional: IDataObject = {};
	const parameters: INodeParameters = { ...catalogueModel(id), options };
	const binary: IBinaryKeyData = {};
	for (const [name, value] of Object.entries(rest)) {
		if (value === undefined || name === 'multi_shot' || name === 'shot_type') continue;
		if (findModel(id)?.parameters[name as keyof typeof parameterFields]) fields[name] = value;
		else additional[name] = value;
	}
	const names = Object.keys(fields).filter((name) => Object.hasOwn(parameterFields, name));
	for (const name of names) {
		const { path } = parameterFields[name as keyof typeof parameterFields];
		const expression = `={{ $json.fields.${name} }}`;
		if (path.startsWith('options.')) options[path.slice('options.'.length)] = expression;
		else parameters[path] = expression;
	}
	if (!('prompt' in fields)) parameters.prompt = '';
	if (shots !== undefined) parameters.shots = { shot: shots as INodeParameters[] };
	if (Object.keys(additional).length > 0) {
		options.additionalParameters = JSON.stringify(additional);
	}
	const addImage = (prefix: string, value: unknown) => {
		const isUrl = String(value).startsWith('http');
		parameters[`${prefix}Source`] = value === undefined ? 'none' : isUrl ? 'url' : 'base64';
		if (value !== undefined) parameters[`${prefix}${isUrl ? 'Url' : 'Base64'}`] = value as string;
	};
	addImage('image', image);
	addImage('tailImage', tail);
	if (isImageList(images)) {
		const isUrl = images[0]?.image.startsWith('http') === true;
		parameters.referenceImagesSource = isUrl ? 'url' : 'binary';
		images.forEach(({ image: data }, index) => {
			if (!isUrl) binary[`image${index}`] = { data, mimeType: 'image/png' };
		});
		parameters.referenceImagesUrls = images.map((one) => one.image).join(', ');
		parameters.referenceImagesBinaryPropertyNames = Object.keys(binary).join(', ');
	}
	return { parameters, item: { json: { fields }, binary } };
}

/** Submits one request through the node. */
async function submit(id: string, params: Params) {
	const { parameters, item } = givenBy(id, params);
	const generate = findModel(id)?.images ? generateFromImage : generateFromText;
	const result = await run(sandbox.current, generate(parameters, 'none'), { items: [item] });
	const { requests, tasks } = sandbox.current.ledger;
	return { error: result.error?.message, items: result.output(NODE), requests, tasks };
}

/** Cases with a short name, because images are long. */
function named<T>(cases: T[]): Array<[name: string, one: T]> {
	return cases.map((one) => [
		JSON.stringify(one, (_, value: unknown) =>
			typeof value === 'string' && value.length > 20 ? `${value.slice(0, 9)}…` : value,
		),
		one,
	]);
}

/** What is expected of a case of the fixture: without what is not sent. */
function wholeOf(least: Params, params: Params): Params {
	const whole = { ...least, ...params };
	const isMade = Array.isArray(whole.multi_prompt);
	const entries = Object.entries(whole).filter(
		([name, value]) => value !== undefined && !(isMade && name === 'prompt') && value !== 'off',
	);
	return Object.fromEntries(entries);
}

describe.each(Object.entries(PAGES))('%s', (id, page) => {
	const { least, accepts = [], refuses = [], notes = [], doubtful = [] } = page;
	const possible = <T>(cases: T[], paramsOf: (one: T) => Params) =>
		cases.filter((one) => !isBeyondNode({ ...least, ...paramsOf(one) }));

	it.each(named(possible([{}, ...accepts], (params) => params)))('sends %s', async (_, params) => {
		const { error, tasks } = await submit(id, { ...least, ...params });

		expect(error).toBeUndefined();
		expect(tasks).toMatchObject([{ params: wholeOf(least, params) }]);
		const unverified = tasks[0]?.unverified.map((note) => note.split(':')[0]);
		expect(unverified).toEqual(doubtful);
	});

	const refused = possible(refuses, ([, params]) => params);
	if (refused.length > 0) {
		it.each(named(refused))('refuses before anything is sent: %s', async (_, [name, params]) => {
			const { error, tasks, requests } = await submit(id, { ...least, ...params });

			expect(error).toBeDefined();
			expect(tasks).toEqual([]);
			// What has no field is passed on, and the service says no.
			if (!name.endsWith('_mask') && !name.endsWith('_masks')) expect(requests).toEqual([]);
		});
	}

	const silent = possible(notes, ([, params]) => params);
	if (silent.length > 0) {
		it.each(named(silent))('passes on where the page is silent: %s', async (_, [name, params]) => {
			const { error, tasks } = await submit(id, { ...least, ...params });

			expect(error).toBeUndefined();
			expect(tasks[0]?.unverified.map((note) => note.split(':')[0])).toContain(name);
		});
	}
});

describe('A model that goes on from a video', () => {
	it('is given the IDs that the first item tells, by its ID and parameters as JSON', async () => {
		sandbox.current.settings.variant = { contentIds: true };
		const first = onlyItem(await run(sandbox.current, generateFromText({ prompt: 'A fox' })));
		const [task] = sandbox.current.ledger.tasks;
		expect(first.json.details).toMatchObject({
			jobId: task?.jobId,
			contentId: `${task?.jobId}-1`,
		});

		const parameters = generateFromText({
			...modelById('kirin_duration_extension'),
			prompt: 'It runs on',
			options: {
				additionalParameters: '={{ { "video_id": $json.details.jobId, "cfg_scale": 0.5 } }}',
			},
		});
		const second = onlyItem(
			await run(sandbox.current, parameters, { items: [{ json: first.json }] }),
		);

		expect(second.json.status).toBe('completed');
		expect(sandbox.current.ledger.tasks[1]).toMatchObject({
			model: 'kirin_duration_extension',
			params: { video_id: task?.jobId, cfg_scale: 0.5, prompt: 'It runs on' },
		});
	});
});
