import { NEWEST } from '../../demo/pinned-n8n';
import { composeFiles } from './compose-files';

/** Compose replaces `$NAME`, `${NAME:-default}` and the like; `$$` is a dollar sign. */
const VARIABLE = /(?<!\$)\$\{?(\w+)/g;

// There is no container engine where the tests run, so the files are held to what can be told without.
describe.each(composeFiles())('examples/%s', (_, { text, services, volumes }) => {
	const all = Object.values(services);

	it('runs the newest n8n that is tested, unless told, with unverified packages allowed', () => {
		const n8n = all.filter(({ image }) => image.startsWith('n8nio/n8n'));
		expect(n8n.length).toBeGreaterThan(0);
		for (const { image } of n8n) expect(image).toBe(`n8nio/n8n:\${N8N_VERSION:-${NEWEST.version}}`);
		const loading = n8n.filter(
			({ environment }) => environment && 'N8N_WEBHOOK_URL' in environment,
		);
		expect(loading.length).toBeGreaterThan(0);
		for (const { environment } of loading) {
			expect(environment).toMatchObject({ N8N_UNVERIFIED_PACKAGES_ENABLED: 'true' });
		}
	});

	it('depends only on services and volumes that it has', () => {
		const wanted = all.flatMap(({ depends_on }) => Object.keys(depends_on ?? {}));
		expect(wanted.filter((name) => !(name in services))).toEqual([]);
		const mounted = all.flatMap((one) => one.volumes ?? []).map((volume) => volume.split(':')[0]);
		expect(new Set(mounted)).toEqual(new Set(Object.keys(volumes)));
	});

	it('says at its top what has to be set', () => {
		const [head = ''] = text.split('\n\n');
		const names = [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
		const optional = ['N8N_VERSION', 'KIRIN_VIDEO'];
		expect(names.filter((name) => !head.includes(name) && !optional.includes(name))).toEqual([]);
	});
});
