import type { IDataObject } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import {
	type Field,
	type ModelInput,
	type ReadParameter,
	additionalParametersField,
	imageSourceFields,
	parameterFields,
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

/**
 * Keys that are no slips: parameters that models have and the node has no field for (kirin-models.md), and
 * some that users look for. A key that is close to one of them was probably meant to be it.
 */
const WITHOUT_FIELDS = [
	'multi_shot',
	'shot_type',
	'static_mask',
	'dynamic_masks',
	'voice_list',
	'element_list',
	'video_list',
	'video_id',
	'video_url',
	'session_id',
	'face_choose',
	'resolution',
	'seed',
];

/**
 * Warnings about keys that look like slips. They are sent as they are, because the service may know more
 * than this version of the node.
 */
export function slipsIn(additional: IDataObject): string[] {
	const known = [
		...Object.keys({ ...parameterFields, ...taskFields, ...imageSourceFields }),
		...WITHOUT_FIELDS,
	];
	return Object.keys(additional).flatMap((key) => {
		if (known.includes(key)) return [];
		const meant = known.find((name) => isSlipOf(key, name));
		return meant === undefined
			? []
			: [`${additionalParametersField.label} has the key ${key}: was ${meant} meant?`];
	});
}

/** A key of more characters than this is no slip of a parameter, and not compared. */
const MAX_KEY_CHARACTERS = 40;
const LEAST_COMPARED_CHARACTERS = 4;

function isSlipOf(key: string, name: string): boolean {
	const [a, b] = [key, name].map((word) => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '')) as [
		string,
		string,
	];
	if (a === b) return true;
	if (a.length < LEAST_COMPARED_CHARACTERS || a.length > MAX_KEY_CHARACTERS) return false;
	return distance(a, b) <= (b.length > 6 ? 2 : 1);
}

/** How many letters have to be put in, left out or changed to get from one word to the other. */
function distance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const [above = 0, left = 0, aslant = 0] = [row[j], next[j - 1], row[j - 1]];
			next.push(Math.min(above + 1, left + 1, aslant + (a[i - 1] === b[j - 1] ? 0 : 1)));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
