/**
 * What a workflow saves of the Kirin Video node. The only place in the tests, the benchmark and the
 * campaigns that names operations and fields which choose what the node does.
 */
import type { INodeParameters } from 'n8n-workflow';

/** The node's type in the packed package. */
export const NODE_TYPE = 'n8n-nodes-kirin-video.kirinVideo';

/** How an operation that creates tasks waits for them. */
export type Waiting = 'poll' | 'callback' | 'none';

const FROM_TEXT: Record<Waiting, INodeParameters> = {
	poll: { resource: 'video', operation: 'generate' },
	callback: { resource: 'video', operation: 'generateAndResumeOnCallback' },
	none: { resource: 'task', operation: 'submit' },
};

/** Generate From Text. What is not given is left to its default, as the editor leaves it. */
export function generateFromText(
	parameters: INodeParameters = {},
	waiting: Waiting = 'poll',
): INodeParameters {
	return { ...FROM_TEXT[waiting], prompt: 'A fox in the snow', ...parameters };
}

/** Generate From Image. What is not given is left to its default, as the editor leaves it. */
export function generateFromImage(parameters: INodeParameters = {}): INodeParameters {
	return { resource: 'video', operation: 'imageToVideo', ...parameters };
}

/** An operation on a task, or the estimate of one. */
export function onTask(
	operation: 'get' | 'wait' | 'estimateCost',
	parameters: INodeParameters = {},
): INodeParameters {
	return { resource: 'task', operation, ...parameters };
}

/** The field Model, with a model of the catalogue. */
export function catalogueModel(id: string): INodeParameters {
	return { model: id };
}

/** The field Model, with a model by its ID. */
export function modelById(id: string): INodeParameters {
	return { model: 'other', modelId: id };
}
