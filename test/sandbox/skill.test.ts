/** The search for models, and their documents. */
import { startSandbox, type Sandbox } from '../../sandbox';
import { MODELS } from '../../sandbox/models';
import { clientOf, V2, type Client, type Json } from './client';
import { HALF_KNOWN, PAGES } from './pages';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox();
	client = clientOf(sandbox);
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** The overview of kirin-models.md, but for the helpers, which make no video. */
const VIDEO_MODELS = [
	...['kirin_v1_t2v', 'kirin_v1_6_t2v', 'kirin_v2_master_t2v', 'kirin_v2_1_master_t2v'],
	...['kirin_v2_5_turbo_t2v', 'kirin_v2_6_t2v', 'kirin_v3_t2v', 'kirin_v1_i2v', 'kirin_v1_5_i2v'],
	...['kirin_v1_6_i2v', 'kirin_v1_6_multi_i2v', 'kirin_v2_master_i2v', 'kirin_v2_1_i2v'],
	...['kirin_v2_1_master_i2v', 'kirin_v2_5_turbo_i2v', 'kirin_v2_6_i2v', 'kirin_v3_i2v'],
	...['kirin_v3_omni_video', 'kirin_video_o1', 'kirin_duration_extension', 'kirin_lipsync'],
];

const SKILL = '/model/v1/models/skill';

async function search(query: string): Promise<{ ids: unknown[]; data: Json }> {
	const { status, data } = await client.read(`${SKILL}/search?${query}`);
	expect(status).toBe(200);
	return { ids: (data.hits as Json[]).map(({ id }) => id), data };
}

test('search finds models by words', async () => {
	const { data } = await search('q=v2+master&limit=1');
	expect(data).toEqual({
		hits: [expect.objectContaining({ id: V2, name: V2, model_id: V2, media_type: 'video' })],
		query: 'v2 master',
		processingTimeMs: expect.any(Number) as unknown,
		limit: 1,
		offset: 0,
		// V2.1 Master's two as well.
		estimatedTotalHits: 4,
	});
	expect((await client.read(`${SKILL}/search?limit=0`)).status).toBe(400);
});

test('search gives 20 unless told, and all when asked for more', async () => {
	expect((await search('q=')).ids).toHaveLength(20);
	expect((await search('q=&limit=50')).ids).toEqual(MODELS.map(({ id }) => id));
});

test.each([
	['type=i2v', 'kirin_v3_i2v', 'kirin_v3_t2v'],
	['type=r2v', 'kirin_v1_6_multi_i2v', 'kirin_v3_i2v'],
	['input=image', 'kirin_v3_i2v', V2],
	['input=text&input=video', 'kirin_video_o1', 'kirin_lipsync'],
	['output=video&provider=kling', V2, 'none'],
])('search with %s finds %s and not %s', async (query, found, not) => {
	const { ids } = await search(`${query}&limit=50`);
	expect(ids).toContain(found);
	expect(ids).not.toContain(not);
});

test('search finds nothing of another kind', async () => {
	expect((await search('output=audio')).ids).toEqual([]);
	expect((await search('provider=vidu')).ids).toEqual([]);
});

test('search finds models that are served without being known', async () => {
	sandbox.settings.otherModels = ['kirin_v9_i2v'];
	expect((await search('q=v9')).ids).toEqual(['kirin_v9_i2v']);
	expect((await search('q=v9&type=t2v')).ids).toEqual([]);
});

test('lists may be text', async () => {
	sandbox.settings.variant = { searchLists: 'text' };
	const { data } = await search('q=o1');
	expect(data.hits).toMatchObject([{ input: 'text,image,video', tags_abbr: 'vref' }]);
});

describe("a model of the provider's pages, as its own clients ask for it", () => {
	const least: Record<string, Json> = Object.fromEntries([
		...Object.entries(PAGES).map(([id, page]) => [id, page.least]),
		...Object.entries(HALF_KNOWN),
	]) as Record<string, Json>;
	const GENERATION = '/model/v1/generation';
	/** The JS SDK and the pages name the model in the body, the Go SDK in a header. */
	const forms = {
		'JS SDK': (id: string, params: Json) => ({ body: { model: id, input: [{ params }] } }),
		'Go SDK': (id: string, params: Json) => ({
			body: { input: [{ params }] },
			headers: { 'x-model': id },
		}),
	};
	const cases = Object.keys(least).flatMap((id) =>
		(Object.keys(forms) as Array<keyof typeof forms>).map((client) => [id, client] as const),
	);

	test('is one of all that the reference has of videos', () => {
		expect(Object.keys(least).sort()).toEqual([...VIDEO_MODELS].sort());
	});

	test.each(cases)('%s is found, priced and made: %s', async (id, form) => {
		const query = `q=${id}&input=&output=video&type=&provider=&limit=20`;
		expect((await search(query)).ids).toContain(id);

		const { body, headers } = { headers: {}, ...forms[form](id, least[id] ?? {}) };
		const price = await client.post(`${GENERATION}/precharge`, body, headers);
		expect(price.data).toMatchObject({ status: 'success', data: { model: id } });
		const made = await client.post(GENERATION, body, headers);
		expect(made.data).toMatchObject({ model: id, status: 'in_progress' });
		expect((await client.get(String(made.data.id))).data.model).toBe(id);
	});
});

test('search and documents want the key', async () => {
	const stranger = clientOf({ ...sandbox, apiKey: 'wrong' });
	for (const path of ['search?q=', V2]) {
		expect((await stranger.read(`${SKILL}/${path}`)).status).toBe(401);
	}
});

test.each(MODELS.map(({ id }) => id))('%s has a document', async (id) => {
	const { status, data, headers } = await client.read(`${SKILL}/${id}`);
	expect(status).toBe(200);
	expect(headers['content-type']).toMatch(/^text\/markdown/);
	const text = data as unknown as string;
	expect(text).toMatch(new RegExp(`^# ${id}\n`));
	for (const name of Object.keys(PAGES[id]?.rows ?? {})) expect(text).toContain(`- \`${name}\``);
});

test('an unknown model has none', async () => {
	const { status, data } = await client.read(`${SKILL}/kirin_v9_t2v`);
	expect(status).toBe(404);
	expect(data).toMatchObject({ error: { code: 'MODEL_NOT_FOUND' } });
});
