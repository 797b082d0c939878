import type { IDataObject } from 'n8n-workflow';
import {
	type ChoiceRule,
	type Model,
	type ModelParameters,
	type Rule,
	type TextRule,
	findModel,
	models,
} from '../models';
import { type Field, type ReadParameter, modelFields, taskFields } from '../parameters';
import { inputError } from './errors';
import { excerpt } from './untrusted';

/** A checked request for one task, but for the external task ID, which `submit` adds. */
export interface TaskRequest {
	model: Model;
	/** `input[0].params`, only what is to be sent. */
	params: IDataObject;
	/** The user's own, if any. */
	externalTaskId?: string;
}

/**
 * Item parameters → checked request. Rules come from the model's catalogue entry; what the model does
 * not have is not read and never sent.
 *
 * @throws TaskError that names the field, the limit and the value
 */
export function buildRequest(read: ReadParameter): TaskRequest {
	const model = readModel(read);
	const params: IDataObject = {};
	const rules = Object.entries(model.parameters) as Array<[keyof ModelParameters, Rule]>;
	for (const [parameter, rule] of rules) {
		const value = readByRule(read, modelFields[parameter], rule);
		if (value !== undefined) params[parameter] = value;
	}
	const callbackUrl = readHttpUrl(read, taskFields.callback_url);
	if (callbackUrl !== undefined) params.callback_url = callbackUrl;
	return { model, params, externalTaskId: readExternalTaskId(read) };
}

/** Tasks of one kind, which are the model, the mode and the duration, take about the same time. */
export function kindOf({ model, params }: TaskRequest): string {
	return JSON.stringify([model.id, params.mode, params.duration]);
}

/** The body of create (reference: "Create"). */
export function createBody({ model, params }: TaskRequest, externalTaskId: string): IDataObject {
	return {
		model: model.id,
		input: [{ params: { ...params, external_task_id: externalTaskId } }],
	};
}

function readModel(read: ReadParameter): Model {
	const id = read('model', models[0]?.id);
	const model = typeof id === 'string' ? findModel(id) : undefined;
	if (model) return model;
	const known = models.map((entry) => entry.id).join(', ');
	throw inputError('Model', `must be one of ${known}, but is ${show(id)}`);
}

function readByRule(read: ReadParameter, field: Field, rule: Rule): IDataObject[string] {
	switch (rule.kind) {
		case 'text':
			return readText(read, field, rule);
		case 'choice':
			return readChoice(read, field, rule);
		case 'watermark':
			return readWatermark(read, field);
	}
}

function readText(read: ReadParameter, { path, label }: Field, rule: TextRule): string | undefined {
	const value = read(path, '');
	const limit = `${rule.required ? '1 to' : 'at most'} ${rule.maxCharacters} characters`;
	if (isEmpty(value)) {
		if (!rule.required) return undefined;
		throw inputError(label, `must be a text of ${limit}, but is empty`);
	}
	if (typeof value !== 'string') {
		throw inputError(label, `must be a text of ${limit}, but is ${show(value)}`);
	}
	// Half a surrogate pair, left by code that cut a text in the middle of an emoji, has no UTF-8 form.
	if (/\p{Surrogate}/u.test(value)) {
		throw inputError(label, 'contains half a character, probably an emoji that was cut in two');
	}
	const characters = countCharacters(value);
	if (characters > rule.maxCharacters) {
		throw inputError(label, `must have ${limit}, but has ${characters}`);
	}
	return value;
}

/** Characters as people and the service count them: an emoji outside the basic plane is one. */
export function countCharacters(value: string): number {
	return Array.from(value).length;
}

function readChoice(read: ReadParameter, { path, label }: Field, rule: ChoiceRule): string {
	const value = read(path, rule.default);
	// The API wants "5", tables and AI agents give 5: nothing is lost in spelling it.
	const spelled = typeof value === 'number' ? String(value) : value;
	const choice = rule.choices.find((candidate) => candidate.value === spelled);
	if (choice) return choice.value;
	const allowed = rule.choices.map((candidate) => candidate.value).join(', ');
	throw inputError(label, `must be one of ${allowed}, but is ${show(value)}`);
}

function readWatermark(read: ReadParameter, { path, label }: Field): IDataObject | undefined {
	const value = read(path, null);
	if (isEmpty(value)) return undefined;
	if (typeof value !== 'boolean') {
		throw inputError(label, `must be true or false, but is ${show(value)}`);
	}
	return { enabled: value };
}

function readHttpUrl(read: ReadParameter, { path, label }: Field): string | undefined {
	const value = read(path, '');
	if (isEmpty(value)) return undefined;
	if (!isHttpUrl(value)) {
		throw inputError(
			label,
			`must be a URL that starts with http:// or https://, but is ${show(value)}`,
		);
	}
	return value;
}

export function isHttpUrl(value: unknown): value is string {
	if (typeof value !== 'string' || !/^https?:\/\//i.test(value)) return false;
	try {
		return new URL(value).hostname !== '';
	} catch {
		return false;
	}
}

/** No limit is documented for it; what could not be looked up again by URL is refused. */
const MAX_EXTERNAL_ID_CHARACTERS = 128;

function readExternalTaskId(read: ReadParameter): string | undefined {
	const { path, label } = taskFields.external_task_id;
	const value = read(path, '');
	if (isEmpty(value)) return undefined;
	return checkTaskId(label, value);
}

/**
 * An ID as it may stand in the path of a look-up.
 *
 * @throws TaskError when it is empty, too long or not an ID at all
 */
export function checkTaskId(label: string, value: unknown): string {
	// A number with more digits than fit has lost some: two items could end up with the same ID.
	const id = Number.isSafeInteger(value) ? String(value) : value;
	const limit = `must be an ID of 1 to ${MAX_EXTERNAL_ID_CHARACTERS} characters without spaces`;
	if (typeof id !== 'string' || !/^[^\s\p{C}]+$/u.test(id) || id === '.' || id === '..') {
		throw inputError(label, `${limit}, but is ${show(value)}`);
	}
	const characters = countCharacters(id);
	if (characters > MAX_EXTERNAL_ID_CHARACTERS) {
		throw inputError(label, `${limit}, but has ${characters}`);
	}
	return id;
}

/**
 * One of the values of an option of the node, the first of which is the default.
 *
 * @throws TaskError that lists them
 */
export function readChoiceOf<T extends string>(
	read: ReadParameter,
	{ path, label }: Field,
	allowed: readonly [T, ...T[]],
): T {
	const value = read(path, allowed[0]);
	const choice = allowed.find((candidate) => candidate === value);
	if (choice !== undefined) return choice;
	throw inputError(label, `must be one of ${allowed.join(', ')}, but is ${show(value)}`);
}

/**
 * A number with its bounds, from a number or a text that spells one.
 *
 * @throws TaskError that names the bounds and the value
 */
export function readNumber(
	read: ReadParameter,
	{ path, label }: Field,
	{ least, most, preset }: { least: number; most: number; preset: number },
): number {
	const value = read(path, preset);
	const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof parsed !== 'number' || !(parsed >= least && parsed <= most)) {
		throw inputError(label, `must be a number from ${least} to ${most}, but is ${show(value)}`);
	}
	return parsed;
}

function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && !value.trim());
}

const MAX_SHOWN_CHARACTERS = 60;

/** A value as it may stand in an error: short, and with its kind where that is the problem. */
export function show(value: unknown): string {
	if (value === undefined || value === null || value === '') return 'empty';
	const spelled = excerpt(spell(value), MAX_SHOWN_CHARACTERS);
	if (Array.isArray(value)) return `a list (${spelled})`;
	return typeof value === 'string' ? spelled : `the ${typeof value} ${spelled}`;
}

function spell(value: unknown): string {
	if (typeof value === 'number') return String(value);
	try {
		return JSON.stringify(value) ?? '';
	} catch {
		return 'that has no JSON';
	}
}
