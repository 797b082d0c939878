/** The part of docs/performance.md that holds Kirin Video beside other ways to make a video in n8n. */
import type { ContenderId } from './contender';
import type { Figures } from './figures';
import { LARGE_VIDEO } from './plan';
import { RENDER_SECONDS } from './scenario';
import { mean } from './statistics';
import { type Table, number } from './table';

const WAYS: Array<[title: string, contender?: ContenderId]> = [
	['Kirin Video', 'kirin'],
	['HTTP Request + Wait + IF', 'loop'],
	['OpenAI node', 'openai'],
	['MiniMax node', 'minimax'],
	['Gemini node'],
];

/** What was read in the source of n8n 2.41.1, and for our own node is held by tests; in the order of WAYS. */
const READ = [
	['Items of a batch', 'together', 'together', 'one by one', 'one by one', 'one by one'],
	['Between two checks', 'adaptive, at least 1 s', '5 s', '10 s', '15 s', '5 s'],
	[
		'Longest wait',
		'30 min, up to 24 h by option',
		'as built',
		'5 min, more by option',
		'15 min',
		'no limit',
	],
	[
		'A check that fails',
		'the wait goes on',
		'ends the batch',
		'ends the item',
		'ends the item',
		'ends the item',
	],
	[
		'_Retry On Fail_',
		'finds the tasks of the first try',
		'as built',
		'creates every video again',
		'creates every video again',
		'creates every video again',
	],
	[
		'_Stop_ during the wait',
		'at once',
		'as built',
		'after its pause, 10 s',
		'H3: at once; others: not heeded',
		'not heeded',
	],
	[
		'Waits without holding a worker',
		'_Resume on Callback_',
		'only waits from 65 s on',
		'no',
		'no',
		'no',
	],
];

export const SOURCES =
	"Where the rest comes from: for Kirin Video the tests `many-items`, `waiting-for-a-task`, `exactly-once` and `callback` in [`test/engine/`](../test/engine); for the loop [`test/bench/loop.ts`](../test/bench/loop.ts) and n8n's `Wait.node.ts`; for n8n's nodes, in `packages/@n8n/nodes-langchain/nodes/vendors` of n8n 2.41.1, each vendor's `router.ts`, OpenAI's and Gemini's `video/generate.operation.ts`, `OpenAi/helpers/polling.ts`, `GoogleGemini/helpers/utils.ts`, `MiniMax/transport/index.ts` and `MiniMax/actions/video/helpers.ts`. The Gemini node was not measured.";

/** @param tasks the batch that the page speaks of most */
export function comparisonTable(figures: Figures, tasks: number): Table {
	const measured = (name: string, cellOf: (id: ContenderId) => string) => [
		name,
		...WAYS.map(([, id]) => (id && figures.contenders.includes(id) ? cellOf(id) : 'not measured')),
	];
	return {
		title: 'Beside other ways',
		head: ['', ...WAYS.map(([title]) => title)],
		rows: [
			measured(
				`${tasks} videos that render for ${RENDER_SECONDS} s`,
				(id) => `${number(figures.batchTime(id, tasks).seconds)} s`,
			),
			measured(
				'A finished video is found after (mean)',
				(id) => `${number(mean(figures.lags(id, 'spread')), 2)} s`,
			),
			measured(
				`Memory for a video of ${LARGE_VIDEO.videoMiB} MiB`,
				(id) =>
					`${number(
						figures.median(id, 'large', ({ peakMiB }) => peakMiB),
						0,
					)} MiB`,
			),
			...READ,
		],
		notes: [],
	};
}
