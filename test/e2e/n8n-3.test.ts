/** What n8n 2 itself can tell of n8n 3, which comes as a container only and cannot be run here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { example } from '../e2e-server/shipped-example';
import { composeFiles } from '../unit/compose-files';
import { ROOT } from '../unit/markdown-page';
import { place } from './place';
import { openStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
	stage = await openStage({ env: { N8N_UNVERIFIED_PACKAGES_ENABLED: 'true' } });
});
afterAll(() => stage?.close());

it("n8n's Migration Report finds nothing about n8n 3 in the examples, nor in allowing the package", async () => {
	const files = readdirSync(join(ROOT, 'examples')).filter((file) => file.endsWith('.json'));
	for (const file of files) await stage.client.addWorkflow(example(file, stage.credentials));

	const { workflows, instance } = await stage.client.migrationReport('v3');
	expect(files.length).toBeGreaterThan(0);
	expect(workflows).toEqual([]);
	expect(instance).not.toEqual([]);
	expect(instance.join()).not.toContain('Unverified community packages');
});

it.each(composeFiles())('n8n knows every setting of examples/%s', (_, { services }) => {
	const { modules } = place().install;
	const code = SETTINGS_IN.map((path) => codeIn(join(modules, path))).join('\n');
	const settings = Object.values(services)
		.filter(({ image }) => image.startsWith('n8nio/n8n'))
		.flatMap(({ environment }) => Object.keys(environment ?? {}))
		.filter((name) => name !== 'KIRIN_VIDEO');

	expect(settings.length).toBeGreaterThan(0);
	expect(settings.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});

/** The parts of n8n that read settings, by their folders. */
const SETTINGS_IN = [
	'@n8n/config/dist',
	'n8n/dist/services',
	'n8n/dist/modules/community-packages',
	'n8n-core/dist',
];

function codeIn(folder: string): string {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.js'))
		.map((file) => readFileSync(join(folder, file), 'utf8'))
		.join('\n');
}
