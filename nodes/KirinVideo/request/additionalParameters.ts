import type { IDataObject } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import type { ModelInput } from './models';
import {
	type Field,
	type ReadParameter,
	additionalParametersField,
	imageSourceFields,
	taskFields,
} from './parameters';
import { checkObject, isEmpty, show } from './values';

/**
 * Reads the parameters that the user gives as JSON. IDs, callbacks and images have fields of their own,
 * because paying once depends on them: they are refused here.
 *
 * @throws TaskError that names the key and the field
 */
export function readAdditionalParameters(read: ReadParameter, input: ModelInput): IDataObject {
	const { path, label } = additionalParametersField;
	const value = read(path, null);
	if (isEmpty(value)) return {};
	const additional = checkObject(label, value);
	const own: Record<string, Field> = { ...taskFields, ...(input === 'image' && imageSourceFields) };
	for (const [key, given] of Object.entries(additional)) {
		const field = Object.hasOwn(own, key) ? own[key] : undefined;
		if (field) throw setTwice(key, given, field);
	}
	return additional;
}

/** A parameter stands in the JSON, and its field sets it too. */
export function setTwice(key: string, given: unknown, field: Field) {
	return inputError(
		additionalParametersField.label,
		`must not have the key ${key} (it is ${show(given)}): the field ${field.label} sets it`,
	);
}
