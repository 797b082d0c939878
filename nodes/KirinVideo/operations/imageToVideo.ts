import type { INodePropertyOptions } from 'n8n-workflow';
import { addImages } from '../fields/imageInput';
import { type SettleInput, readSettle } from '../fields/settleFields';
import { type CreateInput, readCreate } from './create';
import { perItem } from './perItem';
import { produce } from './produce';

/** As Generate, from an image. */
export const imageToVideo: INodePropertyOptions = {
	name: 'Image to Video',
	value: 'imageToVideo',
	action: 'Generate a video from an image',
	description: 'Generate a video from an image, wait until it is finished, and download it',
	routing: perItem<CreateInput & SettleInput>({
		async check(read, place) {
			const input = { ...readCreate(read, place, 'image'), ...readSettle(read) };
			return { ...input, request: await addImages(input.request, read, place) };
		},
		perform: produce,
	}),
};
