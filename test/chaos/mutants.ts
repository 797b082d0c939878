/** Ways to break "no video is paid for twice": what the campaign and the tests have to notice. */

export interface Mutant {
	name: string;
	/** Of the file that is changed. */
	path: string;
	/** Stands in that file exactly once. */
	from: string;
	to: string;
	/** A test file that fails with it. */
	test: string;
}

const SUBMIT = 'nodes/KirinVideo/task/submit.ts';
const KEYS = 'nodes/KirinVideo/task/idempotency.ts';

export const MUTANTS: Mutant[] = [
	{
		name: 'no run index in the key',
		path: KEYS,
		from: 'nodeId, runIndex, itemIndex, videoIndex];',
		to: 'nodeId, itemIndex, videoIndex];',
		test: 'test/unit/idempotency-key.test.ts',
	},
	{
		name: 'no item index in the key',
		path: KEYS,
		from: 'runIndex, itemIndex, videoIndex];',
		to: 'runIndex, videoIndex];',
		test: 'test/unit/idempotency-key.test.ts',
	},
	{
		name: 'a key without the execution',
		path: 'nodes/KirinVideo/batch/executionMemory.ts',
		from: 'kept.batchKey ??= resumeTokenKey(functions) ?? randomUUID();',
		to: "kept.batchKey ??= 'always';",
		test: 'test/engine/retry.test.ts',
	},
	{
		name: 'no get after a lost answer',
		path: SUBMIT,
		from: 'const found = await findTask(externalTaskId, options, GETS_BEFORE_RESUBMIT);',
		to: 'const found: Found = { absent: true, answer };',
		test: 'test/unit/submit.test.ts',
	},
	{
		name: 'failed tasks are adopted',
		path: SUBMIT,
		from: 'adopted && (isUnpaidFailure(task) || ',
		to: 'adopted && (',
		test: 'test/unit/submit.test.ts',
	},
	{
		name: 'the claim of an own ID is ignored',
		path: 'nodes/KirinVideo/operations/generate.ts',
		from: 'if (holder !== itemIndex) {',
		to: 'if (false) {',
		test: 'test/engine/exactly-once.test.ts',
	},
	{
		name: 'a number behind an own ID whose task has failed',
		path: KEYS,
		from: "hashedId('own', [own, taskNumber])",
		to: '`${own}-${taskNumber}`',
		test: 'test/unit/submit.test.ts',
	},
	{
		name: 'the callback URL in the key',
		path: KEYS,
		from: '\tdelete params.callback_url;\n',
		to: '',
		test: 'test/unit/idempotency-key.test.ts',
	},
];

/** @throws Error when the text to be changed is not there, or more than once */
export function mutate(source: string, { name, path, from, to }: Mutant): string {
	const found = source.split(from).length - 1;
	if (found !== 1) throw new Error(`"${name}" fits ${path} in ${found} places and not in one`);
	return source.replace(from, () => to);
}
