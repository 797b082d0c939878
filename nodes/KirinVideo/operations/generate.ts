import type { INodePropertyOptions } from 'n8n-workflow';
import { type SettleInput, readSettle } from '../fields/settleFields';
import { type CreateInput, readCreate } from './create';
import { perItem } from './perItem';
import { produce } from './produce';

/** All items of a run at once. */
export const generate: INodePropertyOptions = {
	name: 'Generate',
	value: 'generate',
	action: 'Generate a video',
	description: 'Generate a video from a prompt, wait until it is finished, and download it',
	routing: perItem<CreateInput & SettleInput>({
		check: (read, place) => ({ ...readCreate(read, place, 'text'), ...readSettle(read) }),
		perform: produce,
	}),
};
