/** The search for models, and their documents. */
import { startSandbox, type Sandbox } from '../../sandbox';
import { MODELS } from '../../sandbox/models';
import { clientOf, V2, type Client, type Json } from './client';
import { PAGES } from './pages';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox();
	client = clientOf(sandbox);
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

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
