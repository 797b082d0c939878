import tseslint from 'typescript-eslint';
import scan from './eslint.scan.mjs';

/** The files that n8n's own review reads. */
const packageFiles = ['package.json', 'nodes/**/*.ts', 'credentials/**/*.ts'];

export default tseslint.config(
	{ ignores: ['dist/', 'coverage/', 'demo/n8n/', 'test/compat/n8n-2.0/', 'demo-output/'] },
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { project: './test/tsconfig.json' } },
	},
	// The queue suite has nodes of its own, which are nobody's package.
	...scan.map((config) => ({ files: packageFiles, ignores: ['test/**'], ...config })),
);
