import type { INodeProperties } from 'n8n-workflow';
import { decimalText, isAmount } from '../api/decimal';
import { inputError } from '../api/taskError';
import type { Field, ReadParameter } from '../request/parameters';
import { readChoiceOf, show } from '../request/values';
import type { CostLimit } from '../task/estimate';
import { docs } from './docsPages';
import { type OperationsBy, showFor } from './operationsBy';
import type { WhenPaidVideoIsGone } from '../task/submit';

/** What an item may cost at most, and whether it may be paid for a second time. */

const fields = {
	maximum: { path: 'costLimits.maximumCostUsd', label: 'Maximum Cost (USD)' },
	total: { path: 'costLimits.maximumTotalCostUsd', label: 'Maximum Total Cost (USD)' },
	whenUnknown: { path: 'costLimits.whenCostUnknown', label: 'When the Cost Is Unknown' },
	whenGone: { path: 'costLimits.whenPaidVideoIsGone', label: 'Paid Video Is Gone' },
} satisfies Record<string, Field>;

/** Where an expression wants no limit for one item, it has to say so: empty is more likely a mistake. */
const NO_MAXIMUM = 'none';

export function costFields({ creating }: OperationsBy): INodeProperties {
	return {
		displayName: 'Cost Limits',
		name: 'costLimits',
		type: 'collection',
		placeholder: 'Add cost limit',
		default: {},
		displayOptions: showFor(creating),
		options: costProperties,
	};
}

const costProperties: INodeProperties[] = [
	{
		displayName: fields.maximum.label,
		name: 'maximumCostUsd',
		type: 'string',
		default: '',
		placeholder: 'e.g. 0.50',
		hint: docs.costLimits('How limits work'),
		description:
			'The most that one video may cost. The cost is estimated before each submit, and an item above the limit ends with an error and is not submitted. An expression can give "none" for an item without a limit.',
	},
	{
		displayName: fields.total.label,
		name: 'maximumTotalCostUsd',
		type: 'string',
		default: '',
		placeholder: 'e.g. 20.00',
		hint: docs.costLimits('How limits work'),
		description:
			'The most that the videos of all items together may cost in one run of the node. The cost of all of them is estimated before the first submit, and above the limit nothing is submitted. Videos that a Retry finds paid already do not count.',
	},
	{
		displayName: fields.whenUnknown.label,
		name: 'whenCostUnknown',
		type: 'options',
		options: [
			{
				name: 'Fail',
				value: 'fail',
				description: 'The item ends with an error and is not submitted',
			},
			{
				name: 'Submit Anyway',
				value: 'submit',
				description: 'The item is submitted, whatever it costs',
			},
		],
		default: 'fail',
		description:
			'What to do when there is a maximum cost and the cost of an item cannot be estimated in USD. With a maximum total cost, Fail concerns all items, and Submit Anyway counts the item as nothing.',
	},
	{
		displayName: fields.whenGone.label,
		name: 'whenPaidVideoIsGone',
		type: 'options',
		options: [
			{
				name: 'Fail',
				value: 'fail',
				description: 'The item ends with an error, and nothing is paid for again',
			},
			{
				name: 'Make a New One',
				value: 'createNew',
				description: 'The item gets a new video, which is paid for like any other',
			},
		],
		default: 'fail',
		description:
			'What to do when a video was paid for before (by the execution that is retried, or under your own External Task ID) and is gone: its file has expired, or the service no longer knows the task',
	},
];

export interface CostLimits {
	/** What one task may cost. */
	costLimit?: CostLimit;
	/** What the tasks of the batch may cost together. */
	budgetLimit?: CostLimit;
	whenPaidVideoIsGone: WhenPaidVideoIsGone;
}

/** @throws TaskError */
export function readCostLimits(read: ReadParameter): CostLimits {
	return {
		costLimit: readLimit(read, fields.maximum),
		budgetLimit: readLimit(read, fields.total),
		whenPaidVideoIsGone: readChoiceOf(read, fields.whenGone, ['fail', 'createNew']),
	};
}

function readLimit(read: ReadParameter, { path, label }: Field): CostLimit | undefined {
	const value = read(path, NO_MAXIMUM);
	if (value === NO_MAXIMUM) return undefined;
	const maximum = decimalText(value)?.trim();
	if (!isAmount(maximum)) {
		throw inputError(label, `must be an amount such as 0.50, but is ${show(value)}`);
	}
	// Fails by default, because an unknown cost may be above the limit.
	const whenUnknown = readChoiceOf(read, fields.whenUnknown, ['fail', 'submit']);
	return { field: label, maximum, whenUnknown };
}
