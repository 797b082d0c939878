import tseslint from 'typescript-eslint';
import scan from './eslint.scan.mjs';

/** The files that n8n's own review reads. */
const packageFiles = ['package.json', 'nodes/**/*.ts', 'credentials/**/*.ts'];

export default tseslint.config(
	{ ignores: ['dist/', 'coverage/', 'demo/n8n/', 'demo-output/'] },
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { project: './test/tsconfig.json' } },
	},
	...scan.map((config) => ({ files: packageFiles, ...config })),
);
