import type { INodeProperties } from 'n8n-workflow';
import type { Field, ReadParameter } from '../request/parameters';
import { readChoiceOf, readNumber } from '../request/values';
import type { Schedule } from '../task/poll';

/** How often to ask, and for how long. */

const fields = {
	interval: { path: 'polling.intervalSeconds', label: 'Interval (Seconds)' },
	strategy: { path: 'polling.strategy', label: 'Strategy' },
	maximumWait: { path: 'polling.maximumWaitMinutes', label: 'Maximum Wait (Minutes)' },
	onTimeout: { path: 'options.onTimeout', label: 'On Timeout' },
} satisfies Record<string, Field>;

/** Below a second a look costs more than it finds out; above an hour nothing would be noticed in time. */
const INTERVAL_SECONDS = { least: 1, most: 3600 };

/** What the interval is when the user does not give one. */
const DEFAULT_FIXED_SECONDS = 5;
export const INTERVAL_PRESETS = { adaptive: 1, fixed: DEFAULT_FIXED_SECONDS };

/** Up to a day. Renders take minutes; a busy service queues. */
const DEFAULT_WAIT_MINUTES = 30;
const MAXIMUM_WAIT_MINUTES = { least: 0.1, most: 1440, preset: DEFAULT_WAIT_MINUTES };

const showOnlyForWaiting = {
	resource: ['video', 'task'],
	operation: ['generate', 'generateAndResumeOnCallback', 'imageToVideo', 'wait'],
};

/** An execution that waits for callbacks does not poll. */
const showOnlyForPolling = { show: { '/operation': ['generate', 'imageToVideo', 'wait'] } };

export const pollingFields: INodeProperties[] = [
	{
		displayName: 'Polling',
		name: 'polling',
		type: 'collection',
		placeholder: 'Add polling setting',
		default: {},
		description: 'How the node waits for the video',
		displayOptions: { show: showOnlyForWaiting },
		options: [
			{
				displayName: fields.interval.label,
				name: 'intervalSeconds',
				type: 'number',
				displayOptions: showOnlyForPolling,
				typeOptions: {
					minValue: INTERVAL_SECONDS.least,
					maxValue: INTERVAL_SECONDS.most,
				},
				default: DEFAULT_FIXED_SECONDS,
				description:
					'The time between two status checks. With the Adaptive strategy it is the shortest time, and 1 unless set.',
			},
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
				displayName: fields.strategy.label,
				name: 'strategy',
				type: 'options',
				displayOptions: showOnlyForPolling,
				options: [
					{
						name: 'Adaptive',
						value: 'adaptive',
						description:
							'When a check is worth it, by the reported progress and by what other videos of the run took',
					},
					{ name: 'Fixed', value: 'fixed', description: 'Once in every interval' },
				],
				default: 'adaptive',
				description: 'When to check the status of the task',
			},
		],
	},
];

/** For the Options collection. */
export const onTimeoutOption: INodeProperties = {
	displayName: fields.onTimeout.label,
	name: 'onTimeout',
	type: 'options',
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
};

export interface WaitInput {
	schedule: Schedule;
	onTimeout: 'fail' | 'returnTask';
}

/** @throws TaskError */
export function readWait(read: ReadParameter): WaitInput {
	const strategy = readChoiceOf(read, fields.strategy, ['adaptive', 'fixed']);
	const preset = INTERVAL_PRESETS[strategy];
	const intervalSeconds = readNumber(read, fields.interval, { ...INTERVAL_SECONDS, preset });
	const minutes = readNumber(read, fields.maximumWait, MAXIMUM_WAIT_MINUTES);
	const onTimeout = readChoiceOf(read, fields.onTimeout, ['fail', 'returnTask']);
	return {
		schedule: {
			strategy,
			intervalMs: intervalSeconds * 1000,
			maximumWaitMs: minutes * 60_000,
		},
		onTimeout,
	};
}
