/** Each model is as strict as its page, and no stricter: read from the fixture of the pages. */
import { startSandbox, type Sandbox } from '../../sandbox';
import { MODELS } from '../../sandbox/models';
import { frame, jpeg, png, segment } from '../unit/image-bytes';
import { clientOf, type Client, type Json } from './client';
import {
	COMMON_THREE,
	HALF_KNOWN,
	IMAGES,
	PAGES,
	type ImageLimits,
	type Page,
	type Params,
	type Row,
} from './pages';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox({ speed: 1000 });
	client = clientOf(sandbox);
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** `undefined` takes a parameter out. */
function merged(least: Params, params: Params): Json {
	const given = Object.entries({ ...least, ...params });
	return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

async function accepted(model: string, params: Json): Promise<string[]> {
	const { status, data } = await client.create(params, model);
	expect({ status, error: data.error }).toEqual({ status: 200 });
	const [task, ...more] = sandbox.ledger.tasks;
	expect(more).toEqual([]);
	sandbox.reset();
	return task?.unverified ?? [];
}

async function refused(model: string, name: string, params: Json): Promise<void> {
	for (const { status, data } of [
		await client.create(params, model),
		await client.precharge(params, model),
	]) {
		expect(status).toBe(400);
		expect((data.error as Json).code).toBe('INVALID_PARAMETER');
		expect((data.error as Json).message).toMatch(new RegExp(`^${name}: `));
	}
	expect(sandbox.ledger.tasks).toHaveLength(0);
}

/** Base64 is shortened, so that names of tests can be read. */
function words(params: unknown): string {
	return JSON.stringify(params, (_key, value: unknown) =>
		value === undefined
			? '(left out)'
			: typeof value === 'string' && value.length > 60
				? `${value.slice(0, 12)}… (${value.length})`
				: value,
	);
}

const LIMITS: Record<ImageLimits, { accepts: string[]; refuses: string[] }> = {
	A: {
		accepts: [IMAGES.plain, IMAGES.url],
		refuses: [IMAGES.wide, IMAGES.small, IMAGES.heavy, IMAGES.gif],
	},
	B: {
		accepts: [IMAGES.plain, IMAGES.wide],
		refuses: [IMAGES.small, IMAGES.heavy, IMAGES.gif],
	},
	'A, at most 10 MB': {
		accepts: [IMAGES.plain, IMAGES.heavy],
		refuses: [IMAGES.wide, IMAGES.small, IMAGES.heavier, IMAGES.gif],
	},
	'B, at most 10 MB': {
		accepts: [IMAGES.plain, IMAGES.wide, IMAGES.heavy],
		refuses: [IMAGES.small, IMAGES.heavier, IMAGES.gif],
	},
};

/** Values that a row of a page allows, and values that it does not. */
function valuesOf(row: Row): { accepts: unknown[]; refuses: unknown[] } {
	if ('options' in row) {
		const numbers = row.options.map(Number).filter(Number.isFinite);
		return {
			accepts: [...row.options, ...(row.asNumber ? numbers : [])],
			refuses: ['', '7', 'best', true, ...(row.asNumber ? [7] : numbers)],
		};
	}
	if ('most' in row) {
		return { accepts: ['x', 'x'.repeat(row.most)], refuses: ['', 5, 'x'.repeat(row.most + 1)] };
	}
	if ('from' in row) {
		return {
			accepts: [row.from, row.to],
			refuses: [row.from - 0.1, row.to + 0.1, String(row.to)],
		};
	}
	if ('flag' in row) return { accepts: [false], refuses: ['true', 1] };
	if ('image' in row) {
		const { accepts, refuses } = LIMITS[row.image];
		const data = `data:image/png;base64,${IMAGES.plain}`;
		return { accepts, refuses: [...refuses, data, '', 'ftp://example.com/x.png', 'not base64!'] };
	}
	return { accepts: [], refuses: [] };
}

/** All that a page allows for sure. */
function acceptedOf({ least, rows, accepts = [] }: Page): Params[] {
	const values = Object.entries(rows).flatMap(([name, row]) =>
		valuesOf(row).accepts.map((value) => ({ [name]: value })),
	);
	return [{}, ...values, ...accepts].map((params) => merged(least, params));
}

function refusedOf(page: Page): Array<[name: string, params: Json]> {
	const { least, required, rows, refuses = [], absent = [] } = page;
	const unknown = page.read === 'all parameters' ? ['seed', 'toString', 'image_tails'] : [];
	const siblings = ['mode', 'negative_prompt', 'cfg_scale', 'sound', 'image', 'image_tail'];
	const others = page.read === 'all parameters' ? siblings.filter((name) => !(name in rows)) : [];
	return [
		...required.map((name): [string, Params] => [name, { [name]: undefined }]),
		...Object.entries(rows).flatMap(([name, row]) =>
			valuesOf(row).refuses.map((value): [string, Params] => [name, { [name]: value }]),
		),
		...[...unknown, ...others, ...absent].map((name): [string, Params] => [name, { [name]: 'x' }]),
		...refuses,
	].map(([name, params]) => [name, merged(least, params)]);
}

describe.each(Object.entries(PAGES))('%s', (model, page) => {
	test.each(acceptedOf(page).map((params) => [words(params), params] as const))(
		'accepts %s',
		async (_words, params) => {
			const doubtful = page.doubtful?.filter((name) => name in params) ?? [];
			expect(await accepted(model, params)).toEqual(
				doubtful.map((name) => expect.stringMatching(`^${name}: `) as unknown),
			);
		},
	);

	test.each(refusedOf(page).map(([name, params]) => [name, words(params), params] as const))(
		'refuses %s in %s',
		async (name, _words, params) => refused(model, name, params),
	);

	test('has the parameters that all pages share', async () => {
		for (const [name, { accepts, refuses }] of Object.entries(COMMON_THREE)) {
			for (const value of accepts) await accepted(model, { ...page.least, [name]: value });
			for (const value of refuses) await refused(model, name, { ...page.least, [name]: value });
		}
	});

	test('accepts and notes what no page says', async () => {
		for (const [name, params] of page.notes ?? []) {
			const unverified = await accepted(model, merged(page.least, params));
			expect(unverified).toEqual([expect.stringMatching(`^${name}: `)]);
		}
	});

	test(`passes unknown parameters only where its page was read ${page.read}`, async () => {
		const { status } = await client.create({ ...page.least, seed: 1 }, model);
		expect(status).toBe(page.read === 'in part' ? 200 : 400);
	});

	test('has a price for every mode and duration', async () => {
		for (const duration of ['5', '10']) {
			for (const mode of 'mode' in page.rows ? ['std', 'pro'] : [undefined]) {
				const params = merged(page.least, { duration, mode });
				const { data } = await client.precharge(params, model);
				expect(data).toMatchObject({ status: 'success' });
				const { cost } = data.data as { cost: string };
				expect(Number(cost)).toBeGreaterThan(0);
				expect(await client.settle(params, model)).toMatchObject({ usage: { cost } });
			}
		}
	});
});

test('the fixture has a page for every model of the sandbox', () => {
	const known = [...Object.keys(PAGES), ...Object.keys(HALF_KNOWN)];
	expect(MODELS.map(({ id }) => id).sort()).toEqual(known.sort());
});

test('what only the vendor would not take is refused when asked to', async () => {
	sandbox.settings.vendorRules = true;
	const { least } = PAGES.kirin_v3_t2v ?? { least: {} };
	await refused('kirin_v3_t2v', 'duration', { ...least, duration: '16' });
	sandbox.settings.vendorRules = true;
	await refused('kirin_v3_t2v', 'cfg_scale', { ...least, cfg_scale: 0.5 });
	// The two readings of one page are no rule of the vendor's.
	const params = { prompt: 'A crane', duration: '5' };
	expect((await client.create(params, 'kirin_v1_6_t2v')).status).toBe(200);
});

describe('models whose pages are half unknown', () => {
	test.each(Object.entries(HALF_KNOWN))('%s takes anything', async (model, params) => {
		expect(await accepted(model, { ...params, seed: 1, mode: 'best', duration: 7 })).toEqual([]);
		await refused(model, 'callback_url', { ...params, callback_url: 'x' });
		expect(await client.settle(params, model)).toMatchObject({ status: 'completed', model });
	});

	test('V1.5 is told everything inside data, or flat', async () => {
		const data = { image: IMAGES.url, prompt: '[sandbox: fail]', external_task_id: 'mine' };
		await client.settle({ data }, 'kirin_v1_5_i2v');
		expect(sandbox.ledger.tasks).toMatchObject([{ externalTaskId: 'mine', outcome: 'failed' }]);
		expect((await client.create(data, 'kirin_v1_5_i2v')).status).toBe(400);
	});

	test('an extension fails with codes and a field of its own', async () => {
		const params = { video_id: '1', prompt: '[sandbox: fail 096]' };
		expect(await client.settle(params, 'kirin_duration_extension')).toMatchObject({
			error: { code: '014002096', message: 'Result parsing error' },
		});
	});
});

test('a jpg is read as a png is', async () => {
	const smallest = jpeg(segment(0xe1, 5000), frame(300, 300, 0xc2));
	const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
	await accepted('kirin_v2_master_i2v', { image: base64(smallest) });
	await accepted('kirin_v2_master_i2v', { image: base64(png(1000, 400, 9_999_999)) });
	const image = base64(jpeg(frame(400, 299)));
	await refused('kirin_v2_master_i2v', 'image', { image });
});

test('the video has the shape of the first image', async () => {
	const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
	const images = [png(400, 700), png(400, 400), png(640, 360)].map(base64);
	for (const image of [...images, IMAGES.url]) await client.create({ image }, 'kirin_v3_i2v');
	await client.create({ image_tail: images[0] }, 'kirin_v3_i2v');
	const shapes = sandbox.ledger.tasks.map(({ aspectRatio }) => aspectRatio);
	expect(shapes).toEqual(['9:16', '1:1', '16:9', '16:9', '9:16']);
});
