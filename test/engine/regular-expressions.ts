import * as n8nWorkflow from 'n8n-workflow';

type Engine = Parameters<typeof n8nWorkflow.setSafeRegexEngine>[0];

const engine: Engine = {
	exec: (pattern, input, flags) => new RegExp(pattern, flags).exec(input),
	test: (pattern, input, flags) => new RegExp(pattern, flags).test(input),
	replace: (pattern, input, flags, text) => input.replace(new RegExp(pattern, flags), text),
	matchAll: (pattern, input, flags) => [...input.matchAll(new RegExp(pattern, `${flags ?? ''}g`))],
	split: (pattern, input, flags) => input.split(new RegExp(pattern, flags)),
};

/**
 * Lets regular expressions of display conditions take their time. n8n gives each of them 250 ms on the
 * clock, which pass on a busy machine while nothing runs.
 */
export function giveRegularExpressionsTime(): void {
	// n8n 2.0 has none of this.
	const { setSafeRegexEngine } = n8nWorkflow as Partial<typeof n8nWorkflow>;
	setSafeRegexEngine?.(engine);
}
