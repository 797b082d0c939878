import type { INodeProperties, NodeHint } from 'n8n-workflow';
import type { OutputFormat } from '../output/itemJson';
import type { Field, ReadParameter } from '../request/parameters';
import { readChoiceOf, readNumber } from '../request/values';
import { PUBLIC_ADDRESS_SETTING } from '../suspend/reachable';
import type { Schedule } from '../task/schedule';
import { docs } from './docsPages';
import { type OperationsBy, showFor } from './operationsBy';
import { type DownloadInput, readDownload, readOutputFormat } from './outputFields';

/** Whether to wait for the video, how often to ask, and for how long. */

const fields = {
	waitForCompletion: { path: 'waitForCompletion', label: 'Wait for Completion' },
	interval: { path: 'waiting.intervalSeconds', label: 'Interval (Seconds)' },
	strategy: { path: 'waiting.strategy', label: 'Strategy' },
	maximumWait: { path: 'waiting.maximumWaitMinutes', label: 'Maximum Wait (Minutes)' },
	onTimeout: { path: 'waiting.onTimeout', label: 'On Timeout' },
} satisfies Record<string, Field>;

/** What an operation that creates tasks does until they are done. */
export type WaitMode = 'poll' | 'callback' | 'none';

/** Below a second a request costs more than it finds out; above an hour nothing is noticed in time. */
const INTERVAL_SECONDS = { least: 1, most: 3600 };

/** The interval where the user gives none. */
const DEFAULT_INTERVAL_SECONDS = { adaptive: 1, fixed: 5 };

/** Up to a day. Renders take minutes; a busy service queues. */
const DEFAULT_WAIT_MINUTES = 30;
const MAXIMUM_WAIT_MINUTES = { least: 0.1, most: 1440, preset: DEFAULT_WAIT_MINUTES };

/** An execution that waits for callbacks does not poll, and comes back by itself at the deadline. */
export const hideForCallbacks = { hide: { [`/${fields.waitForCompletion.path}`]: ['callback'] } };

/** A field for each strategy, because their defaults and descriptions differ. */
function intervalProperty(strategy: keyof typeof DEFAULT_INTERVAL_SECONDS): INodeProperties {
	const isFixed = strategy === 'fixed';
	const preset = DEFAULT_INTERVAL_SECONDS[strategy];
	return {
		displayName: fields.interval.label,
		name: 'intervalSeconds',
		type: 'number',
		displayOptions: isFixed
			? { ...hideForCallbacks, show: { strategy: ['fixed'] } }
			: { hide: { ...hideForCallbacks.hide, strategy: ['fixed'] } },
		typeOptions: { minValue: INTERVAL_SECONDS.least, maxValue: INTERVAL_SECONDS.most },
		default: preset,
		description: isFixed
			? 'The time between two status checks'
			: 'The shortest time between two status checks',
	};
}

/** For operations that create tasks. */
export function waitForCompletionFields({ creating }: OperationsBy): INodeProperties[] {
	const { path: name, label: displayName } = fields.waitForCompletion;
	const field: INodeProperties = {
		displayName,
		name,
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Poll Until Finished',
				value: 'poll',
				description: 'Check the status until the video is finished, then download it',
			},
			{
				name: 'Resume on Callback',
				value: 'callback',
				description:
					'Put the execution to wait until the service calls n8n: no worker is held, nothing is polled, and restarts are survived',
			},
			{
				name: "Don't Wait",
				value: 'none',
				description: 'Return the task at once. Task → Wait gets its video later.',
			},
		],
		default: 'poll',
		description: 'What to do until the video is finished',
		hint: docs.waiting('Which way to choose'),
		displayOptions: showFor(creating),
	};
	const callbackNotice: INodeProperties = {
		displayName: `The service has to reach this n8n from the internet. With n8n on <b>localhost</b> or ${docs.behindNat('behind a firewall')}, choose <b>Poll Until Finished</b>; behind a proxy, set ${PUBLIC_ADDRESS_SETTING} to its public address.`,
		name: 'callbackNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { ...showFor(creating).show, [name]: ['callback'] } },
	};
	return [field, callbackNotice];
}

/** What n8n shows over a node that waits: where the service is to call, because it may not get there. */
export const waitingNodeTooltip = `={{ "Waiting until the service calls n8n at " + $execution.resumeUrl.split("/", 3).join("/") + ". If the service cannot reach that address, set ${fields.waitForCompletion.label} to Poll Until Finished." }}`;

/** What n8n shows over the tasks of a node that does not wait: they are not videos yet. */
export const notWaitingHint: NodeHint = {
	message: `The videos are on their way. <b>Task → Wait</b> behind this node gets them, or a <b>Kirin Video Trigger</b> starts a workflow when one is finished: ${docs.trigger('how')}`,
	type: 'info',
	location: 'outputPane',
	whenToDisplay: 'afterExecution',
	displayCondition: `={{ $parameter["${fields.waitForCompletion.path}"] === "none" }}`,
};

/** Hides what has no use for an item that only submits. */
export const hideUnlessWaiting = { [fields.waitForCompletion.path]: ['none'] };

export function pollingFields({ waiting }: OperationsBy): INodeProperties[] {
	return [
		{
			displayName: 'Waiting',
			name: 'waiting',
			type: 'collection',
			placeholder: 'Add waiting setting',
			default: {},
			description: 'How the node waits for the video',
			displayOptions: { ...showFor(waiting), hide: hideUnlessWaiting },
			options: [
				intervalProperty('adaptive'),
				intervalProperty('fixed'),
				{
					displayName: fields.maximumWait.label,
					name: 'maximumWaitMinutes',
					type: 'number',
					typeOptions: {
						minValue: MAXIMUM_WAIT_MINUTES.least,
						maxValue: MAXIMUM_WAIT_MINUTES.most,
					},
					default: DEFAULT_WAIT_MINUTES,
					description:
						'How long to wait for the video. The task goes on after that, and Task → Wait picks it up again.',
				},
				{
					displayName: fields.onTimeout.label,
					name: 'onTimeout',
					type: 'options',
					displayOptions: hideForCallbacks,
					options: [
						{
							name: 'Fail',
							value: 'fail',
							description: 'The item ends with an error that has the task ID',
						},
						{
							name: 'Return the Task',
							value: 'returnTask',
							description: 'The item is the task as it stands, without a video',
						},
					],
					default: 'fail',
					description: 'What to do when the video is not finished after the maximum wait',
				},
				{
					displayName: fields.strategy.label,
					name: 'strategy',
					type: 'options',
					displayOptions: hideForCallbacks,
					options: [
						{
							name: 'Adaptive',
							value: 'adaptive',
							description:
								'When the video is likely to be finished, by its progress and by how long other videos of the run took',
						},
						{ name: 'Fixed', value: 'fixed', description: 'Once in every interval' },
					],
					default: 'adaptive',
					description: 'When to check the status of the task',
				},
			],
		},
	];
}

/** @throws TaskError */
export function readWaitMode(read: ReadParameter): WaitMode {
	return readChoiceOf(read, fields.waitForCompletion, ['poll', 'callback', 'none']);
}

export interface WaitInput {
	schedule: Schedule;
	onTimeout: 'fail' | 'returnTask';
}

/** @throws TaskError */
function readWait(read: ReadParameter): WaitInput {
	const strategy = readChoiceOf(read, fields.strategy, ['adaptive', 'fixed']);
	const preset = DEFAULT_INTERVAL_SECONDS[strategy];
	const intervalSeconds = readNumber(read, fields.interval, { ...INTERVAL_SECONDS, preset });
	const minutes = readNumber(read, fields.maximumWait, MAXIMUM_WAIT_MINUTES);
	const onTimeout = readChoiceOf(read, fields.onTimeout, ['fail', 'returnTask']);
	return {
		schedule: { strategy, intervalMs: intervalSeconds * 1000, maximumWaitMs: minutes * 60_000 },
		onTimeout,
	};
}

/** What it takes to get from a task to an item with its video. */
export interface ResultInput extends WaitInput, DownloadInput {
	format: OutputFormat;
}

/** @throws TaskError */
export function readResultInput(read: ReadParameter): ResultInput {
	return { ...readWait(read), ...readDownload(read), format: readOutputFormat(read) };
}

/** The same for one of several videos: a file name that the user gave has to differ. */
export function resultInputOf<Input extends ResultInput>(input: Input, videoIndex: number): Input {
	const { file } = input;
	if (file?.name === undefined || videoIndex === 0) return input;
	return { ...input, file: { ...file, name: `${file.name}-${videoIndex + 1}` } };
}
