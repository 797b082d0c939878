import type { IDataObject } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import type { ModelInput } from './models';
import {
	type Field,
	type ReadParameter,
	additionalParametersField,
	imageSourceFields,
	modelFields,
	taskFields,
} from './parameters';
import type { RequestModel } from './requestModel';
import { checkObject, isEmpty, show } from './values';

/**
 * Parameters that the node has no field for. One that has a field is refused, so that nothing is set
 * in two places and no rule is passed by; the IDs and addresses of tasks are the node's own, since
 * exactly-once depends on them.
 *
 * @param params what the fields have given
 * @throws TaskError that names the key and the field
 */
export function readAdditionalParameters(
	read: ReadParameter,
	model: RequestModel,
	params: IDataObject,
	input: ModelInput,
): IDataObject {
	const { path, label } = additionalParametersField;
	const value = read(path, null);
	if (isEmpty(value)) return {};
	const additional = checkObject(label, value);
	const taken: Record<string, Field> = {
		...taskFields,
		...(input === 'image' && imageSourceFields),
	};
	for (const [parameter] of model.parameters) {
		if (model.isKnown || parameter in params) taken[parameter] = modelFields[parameter];
	}
	for (const [key, given] of Object.entries(additional)) {
		const field = Object.hasOwn(taken, key) ? taken[key] : undefined;
		if (!field) continue;
		throw inputError(
			label,
			`must not have the key ${key} (it is ${show(given)}): the field ${field.label} sets it`,
		);
	}
	return additional;
}
