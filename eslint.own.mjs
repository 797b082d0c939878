import tseslint from 'typescript-eslint';
import scan from './eslint.scan.mjs';

/**
 * Our own rules. eslint.config.mjs is n8n's default, word for word, because that is what makes a
 * package eligible for n8n Cloud; it judges `nodes/`, `credentials/` and package.json, and these rules
 * judge them once more. Tools and tests need what n8n's rules forbid (files, processes, the console),
 * so each of their folders has an eslint.config.mjs that takes `tools` from here.
 */
export const tools = tseslint.config(
	{ ignores: ['**/dist/', '**/node_modules/'] },
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		languageOptions: {
			parserOptions: { project: './test/tsconfig.json', tsconfigRootDir: import.meta.dirname },
		},
	},
);

export default tseslint.config(tools, scan);
