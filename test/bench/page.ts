/** Writes docs/performance.md and its plots from the figures; nothing in there is written by hand. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { SOURCES, comparisonTable } from './comparison';
import type { ContenderId } from './contender';
import type { Figures } from './figures';
import { LARGE_VIDEO_MIB, MEDIUM_VIDEO_MIB, SMALL_VIDEO_MIB, type PeakGrowth } from './large-video';
import { LOOP_WAIT_SECONDS } from './loop';
import { LARGE_VIDEO } from './plan';
import { adviceOf, callbackCostTable, eventCostTable, pollingCostTable } from './cost/cost-tables';
import { bars } from './plots/bars';
import type { Drawing } from './plots/drawing';
import { growth } from './plots/growth';
import { noticeStrip } from './plots/strip';
import { timeline } from './plots/timeline';
import { pollingSection } from './polling-section';
import { RENDER_SECONDS } from './scenario';
import { batchTable, largeTable, noticeTable, oursTable, usageTable } from './tables';
import { isNumeric, number } from './table';
import type { Table } from './table';

const ROOT = join(__dirname, '..', '..');
const PAGE = join(ROOT, 'docs', 'performance.md');
const IMAGES = join(ROOT, 'docs', 'images');
/** The batch that the page speaks of most. */
const TASKS = 10;

/** @returns the files that were written, relative to the repository */
export async function writePage(figures: Figures): Promise<string[]> {
	await mkdir(IMAGES, { recursive: true });
	const polling = pollingSection('images/performance-polling.svg');
	const pictures = { ...plots(figures), 'performance-polling.svg': polling.plot };
	const written = [];
	for (const [name, picture] of Object.entries(pictures)) {
		const file = join(IMAGES, name);
		await writeFile(file, picture.toString());
		written.push(file);
	}
	const style = await resolveConfig(PAGE);
	const text = page(figures, polling.text);
	await writeFile(PAGE, await format(text, { ...style, parser: 'markdown' }));
	return [PAGE, ...written].map((file) => relative(ROOT, file));
}

function plots(figures: Figures): Record<string, Drawing> {
	const byTime = (one: ContenderId, other: ContenderId) =>
		figures.batchTime(one, TASKS).seconds - figures.batchTime(other, TASKS).seconds;
	const withLarge = figures.contenders.filter((id) => figures.runs(id, 'large').length > 0);
	const peak = (id: ContenderId) => figures.median(id, 'large', ({ peakMiB }) => peakMiB);
	return {
		'performance-batch.svg': bars(
			`${TASKS} videos that render for ${RENDER_SECONDS} s`,
			'Seconds until the workflow has all of them',
			[...figures.contenders].sort(byTime).map((id) => {
				const { seconds } = figures.batchTime(id, TASKS);
				return {
					label: figures.title(id),
					value: seconds,
					text: `${number(seconds)} s`,
					paint: id,
				};
			}),
			{
				value: figures.limit(),
				text: `the limit: one render and one download, ${number(figures.limit())} s`,
			},
		),
		'performance-timeline.svg': timeline(figures, `batch${TASKS}`, TASKS),
		'performance-growth.svg': growth(figures),
		'performance-notice.svg': noticeStrip(figures),
		'performance-cost.svg': bars(
			'CPU time of n8n for each video',
			'In ms; red is n8n without this node, for the same requests or calls',
			(
				[
					['authenticated', 'Polled: n8n’s request helper', 'limit'],
					['kirin', 'Polled: Kirin Video', 'kirin'],
					['returnsAtOnce', 'Callbacks: n8n alone', 'limit'],
					['callback', 'Callbacks: Kirin Video', 'callback'],
					['webhookNode', 'Events: n8n’s Webhook node', 'limit'],
					['trigger', 'Events: Kirin Video Trigger', 'kirin'],
				] as const
			).map(([id, label, paint]) => {
				const value = figures.cost(id)?.cpuMs ?? NaN;
				return { label, value, text: `${number(value)} ms`, paint };
			}),
		),
		'performance-memory.svg': bars(
			`Memory for one video of ${LARGE_VIDEO.videoMiB} MiB`,
			'What n8n takes at most, above what it had before',
			withLarge
				.sort((one, other) => peak(one) - peak(other))
				.map((id) => ({
					label: figures.title(id),
					value: peak(id),
					text: `${number(peak(id), 0)} MiB`,
					paint: id,
				})),
		),
	};
}

function page(figures: Figures, polling: string): string {
	const { machine, skipped } = figures.measurements;
	const kirin = figures.batchTime('kirin', TASKS).seconds;
	const limit = figures.limit();
	const peers = (['loop', 'openai', 'minimax'] as const)
		.filter((id) => figures.contenders.includes(id))
		.map((id) => {
			const { seconds } = figures.batchTime(id, TASKS);
			return `${figures.title(id)} ${number(seconds)} s (${number(seconds / kirin)} times as long)`;
		});
	const sections = [
		`# Performance`,
		`How fast and how frugal Kirin Video is, measured in real n8n processes beside what else n8n offers for the same work. All of this page is written by \`npm run bench -- --write\`.`,
		`**${TASKS} videos that render for ${RENDER_SECONDS} s are there after ${number(kirin)} s.** No node can do it in less than ${number(limit)} s: the slowest render and one download. The same work takes ${peers.join(', ')}.`,
		image('batch', `Seconds for ${TASKS} videos, for each contender`),
		`## Beside other ways`,
		`Other ways to make a video in n8n, each with its defaults. Every way talks to a stand-in of its service, and all render alike, so it is the nodes that differ.`,
		markdown(comparisonTable(figures, TASKS)),
		SOURCES,
		`## A batch takes as long as its slowest video`,
		`Kirin Video has all items of a run under way together, so a batch does not grow longer with its size. n8n's own video nodes take one item after another.`,
		image('timeline', `The ${TASKS} tasks of each contender as bars over time`),
		image('growth', 'Seconds for 1 to 50 tasks, for each contender'),
		markdown(batchTable(figures)),
		`What the alternatives do, in the version of n8n that is measured here:`,
		[
			`- **n8n's OpenAI node** polls every 10 s, and rests for another 10 s after the poll that found the video, before it fetches it.`,
			`- **n8n's MiniMax node** polls every 15 s, and holds the whole video in memory.`,
			`- **The loop of HTTP Request, Wait and IF** is built as well as it can be: all tasks of a batch are created first and asked for together, every ${LOOP_WAIT_SECONDS} s, which is the Wait node's default. It has no error handling: one failed poll ends the whole batch, and a lost answer to a create leaves a task behind that is paid for and unknown.`,
		].join('\n'),
		`## A finished video is found soon`,
		`Render times are not multiples of anybody's interval. For these, they lie evenly between 15.5 and 34.5 s.`,
		image('notice', 'How late finished videos are found, for each contender'),
		markdown(noticeTable(figures)),
		polling,
		`## It stays small`,
		memorySentence(figures),
		image('memory', `Memory for one video of ${LARGE_VIDEO.videoMiB} MiB, for each contender`),
		markdown(largeTable(figures)),
		markdown(usageTable(figures)),
		`## What a video costs n8n`,
		adviceOf(figures),
		image('cost', 'CPU time for each video, by each way'),
		markdown(pollingCostTable(figures)),
		markdown(callbackCostTable(figures)),
		markdown(eventCostTable(figures)),
		`## Our node by itself`,
		markdown(oursTable(figures)),
		`## How it is measured`,
		[
			`- Each contender has an n8n server of its own (n8n ${machine.n8n}, Node ${machine.node.replace(/^v/, '')}, SQLite, binary data in files), with one workflow: a webhook takes prompts, a node makes an item of each, and the contender turns the items into videos. The batches and the spread render times run side by side: all contenders at the same time, on the same machine. Large videos and large batches run one contender at a time.`,
			`- The services are stand-ins on the same machine, with the same render times and the same videos: the sandbox for Kirin Video and for the loop, and servers of the same kind for OpenAI's and MiniMax's APIs, to which the credentials' base URLs point. So a request takes a millisecond or two here, and differences are due to the nodes alone.`,
			`- A contender's time runs from the end of the node that makes the items to the end of the last node, as n8n records it. When a render ended and when its video was asked for is taken from the services.`,
			`- Each n8n runs one execution and then rests before anything is measured, since n8n gives back hundreds of MiB a while after its start. Memory is the peak of resident memory (\`VmHWM\`, reset before each run), CPU is user and system time, both of n8n's main process.`,
			`- All nodes run with their defaults.${skippedSentence(skipped)}`,
			`- Measured on ${machine.cores} cores of ${machine.cpu}.`,
		].join('\n'),
		`## Repeat it`,
		'```sh\nnpm run bench              # all of it, about 25 minutes\nnpm run bench -- --short   # single runs of what is quick, about 8 minutes\nnpm run bench -- --write   # all of it, and this page\n```',
		`It needs Linux for the figures on memory and CPU. The last line that it prints is one JSON object with all figures.`,
	];
	return sections.join('\n\n');
}

function memorySentence(figures: Figures): string {
	const by = (kind: keyof PeakGrowth) => `${number(figures.growth(kind), 0)} MiB`;
	return `Videos go from the network to n8n's store without being held in memory. One of ${LARGE_VIDEO_MIB} MiB raises n8n's peak by ${by('aboveMedium')} above one of ${MEDIUM_VIDEO_MIB} MiB, and by ${by('fresh')} above one of ${SMALL_VIDEO_MIB} MiB, in an n8n that has just started. In an n8n that has seen a large video, the difference is ${by('later')}.`;
}

function skippedSentence(skipped: Array<{ title: string; reason: string }>): string {
	return skipped.map(({ title, reason }) => ` ${title} was not measured: ${reason}.`).join('');
}

function image(name: string, description: string): string {
	return `![${description}](images/performance-${name}.svg)`;
}

function markdown({ head, rows, notes }: Table): string {
	const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
	const rule = head.map((_, column) => (isNumeric(rows, column) ? '---:' : '---'));
	return [row(head), row(rule), ...rows.map(row), '', ...notes].join('\n');
}
