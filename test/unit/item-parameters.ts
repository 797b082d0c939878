import type { IDataObject } from 'n8n-workflow';
import type { ReadParameter } from '../../nodes/KirinVideo/request/parameters';
import { TaskError } from '../../nodes/KirinVideo/api/taskError';
import { buildRequest, createBody } from '../../nodes/KirinVideo/request/buildRequest';

/** The parameters of one item, by their paths in the editor. */
export type ItemParameters = Record<string, unknown>;

export function reading(values: ItemParameters): ReadParameter {
	return (path, fallback) => (Object.hasOwn(values, path) ? values[path] : fallback);
}

/** The `params` that would go to the service for an item. */
export function paramsSent(values: ItemParameters): IDataObject {
	const body = createBody(buildRequest(reading({ prompt: 'A kirin', ...values })), 'n8n-1');
	const [input] = body.input as Array<{ params: IDataObject }>;
	return input?.params ?? {};
}

/** What is said of an item that is refused. */
export function refusalOf(values: ItemParameters): TaskError {
	try {
		buildRequest(reading({ prompt: 'A kirin', ...values }));
	} catch (error) {
		if (error instanceof TaskError) return error;
		throw error;
	}
	throw new Error('The item was accepted');
}
