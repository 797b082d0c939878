import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import tsParser from 'typescript-eslint';
import nodesBasePlugin from 'eslint-plugin-n8n-nodes-base';

/**
 * What n8n's scan of community packages (`@n8n/scan-community-package`) holds against a package: the
 * sources that its provenance names, and the compiled files and the manifest in its archive. The scan
 * itself only takes packages from the registry, that is, after their release; the same rules run here
 * before. n8n's default configuration does not replace it: the scan also reads compiled files, and it
 * heeds no eslint-disable comment. It sees a field's default only where it is a value or a plain name
 * (`DEFAULT_TASKS`), not a member of something (`TASKS.preset`).
 */
const { community, credentials, nodes } = nodesBasePlugin.configs;

export default [
	n8nCommunityNodesPlugin.configs.recommended,
	{
		plugins: { 'n8n-nodes-base': nodesBasePlugin },
		linterOptions: { noInlineConfig: true },
		rules: { 'no-console': 'error' },
	},
	{
		files: ['package.json'],
		languageOptions: {
			parser: tsParser.parser,
			parserOptions: { extraFileExtensions: ['.json'] },
		},
		rules: community.rules,
	},
	{
		files: ['**/credentials/**/*.ts'],
		rules: {
			...credentials.rules,
			// These five are off in the scan too: its community rules know better, or they do not hold.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		},
	},
	{
		files: ['**/nodes/**/*.ts'],
		rules: {
			...nodes.rules,
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		},
	},
];
