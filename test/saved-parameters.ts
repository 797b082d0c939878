/**
 * What a workflow saves of the Kirin Video node. The only place in the tests, the benchmark and the
 * campaigns that names operations and fields which choose what the node does.
 */
import type { INodeParameters } from 'n8n-workflow';

/** The node's type in the packed package. */
export const NODE_TYPE = 'n8n-nodes-kirin-video.kirinVideo';

/** How an operation that creates tasks waits for them. */
export type Waiting = 'poll' | 'callback' | 'none';

/** Generate From Text. What is not given is left to its default, as the editor leaves it. */
export function generateFromText(
	parameters: INodeParameters = {},
	waiting: Waiting = 'poll',
): INodeParameters {
	return {
		...generating('generateFromText', waiting),
		prompt: 'A fox in the snow',
		...parameters,
	};
}

/** Generate From Image. What is not given is left to its default, as the editor leaves it. */
export function generateFromImage(
	parameters: INodeParameters = {},
	waiting: Waiting = 'poll',
): INodeParameters {
	return { ...generating('generateFromImage', waiting), ...parameters };
}

function generating(operation: string, waiting: Waiting): INodeParameters {
	// Poll is the default, which n8n does not save.
	return {
		resource: 'video',
		operation,
		...(waiting !== 'poll' && { waitForCompletion: waiting }),
	};
}

const ON_TASK = {
	get: 'get',
	wait: 'wait',
	estimateCost: 'estimateCostFromText',
	estimateCostFromImage: 'estimateCostFromImage',
};

/** An operation on a task, or the estimate of one. */
export function onTask(
	operation: keyof typeof ON_TASK,
	parameters: INodeParameters = {},
): INodeParameters {
	return { resource: 'task', operation: ON_TASK[operation], ...parameters };
}

/** The field Model of each input. */
export const MODEL = { text: 'model', image: 'imageModel' };

/** The field Model of its input, with a model of the catalogue. */
export function catalogueModel(id: string): INodeParameters {
	const field = MODEL[id.endsWith('i2v') ? 'image' : 'text'];
	return { [field]: { __rl: true, mode: 'list', value: id } };
}

/** The field Model, with a model by its ID. */
export function modelById(id: string, input: keyof typeof MODEL = 'text'): INodeParameters {
	return { [MODEL[input]]: { __rl: true, mode: 'id', value: id } };
}
