import type { IDataObject } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import { record } from '../api/untrusted';
import { readAdditionalParameters, setTwice, slipsIn } from './additionalParameters';
import {
	type Field,
	type ModelInput,
	type ParameterName,
	type ReadParameter,
	conditionLabels,
	parameterFields,
	taskFields,
} from './parameters';
import type { RequestImages } from './requestImages';
import { type RequestModel, presetOf, readModel } from './requestModel';
import { type Conditions, type Rule, checkByRule, conditionsOf, listConditions } from './rules';
import { checkHttpUrl, checkTaskId, isEmpty, show } from './values';

/** A checked request for one task, without the external task ID, which `submit` adds. */
export interface TaskRequest {
	model: Pick<RequestModel, 'id' | 'documentationUrl'>;
	/** `input[0].params`, only what is to be sent. */
	params: IDataObject;
	/** Images that n8n holds as files. The address of any other is in `params`. */
	images?: RequestImages;
	/** The user's own, if any. */
	externalTaskId?: string;
	/** What is no error, and yet may not be what the user meant. */
	warnings?: string[];
}

/**
 * Item parameters → checked request. Rules come from the model's catalogue entry; what the model does
 * not have is not read and never sent.
 *
 * @throws TaskError that names the field, the limit and the value
 */
export function buildRequest(read: ReadParameter, input: ModelInput = 'text'): TaskRequest {
	const model = readModel(read, input);
	const additional = readAdditionalParameters(read, input);
	const params: IDataObject = {};
	const warnings: string[] = [];
	for (const [parameter, rule] of model.parameters) {
		const { label } = parameterFields[parameter];
		const given = valueFor(parameter, rule, model, additional);
		delete additional[parameter];
		if (rule.kind === 'text' && rule.replacedBy && params[rule.replacedBy] !== undefined) {
			if (!isEmpty(given)) warnings.push(notSent(label, parameterFields[rule.replacedBy].label));
			continue;
		}
		const value = checkByRule(label, given, rule);
		if (value !== undefined) params[parameter] = value;
	}
	checkConditions(model, params);
	warnings.push(...slipsIn(additional));
	const callbackUrl = readOptional(read, taskFields.callback_url, checkHttpUrl);
	return {
		model,
		...(warnings.length > 0 && { warnings }),
		params: {
			...params,
			...shotsParams(model, params),
			...additional,
			...(callbackUrl !== undefined && { callback_url: callbackUrl }),
		},
		externalTaskId: readOptional(read, taskFields.external_task_id, checkTaskId),
	};
}

function notSent(label: string, replacing: string): string {
	return `${label} was not sent: ${replacing} take its place`;
}

/**
 * What the user gave for a parameter: in its field, or in the JSON of Additional Parameters while the field
 * stands where it started. A workflow that was saved before the parameter had a field goes on to work.
 *
 * @throws TaskError where both are set
 */
function valueFor(
	parameter: ParameterName,
	rule: Rule,
	model: RequestModel,
	additional: IDataObject,
): unknown {
	const own = model.valueOf(parameter, rule);
	if (!Object.hasOwn(additional, parameter)) return own;
	const isUntouched = isEmpty(own) || own === presetOf(rule) || isEmptyCollection(own);
	if (isUntouched) return additional[parameter];
	throw setTwice(parameter, additional[parameter], parameterFields[parameter]);
}

/** Whether a collection has no entries. */
function isEmptyCollection(value: unknown): boolean {
	const collection = record(value);
	return (
		collection !== undefined &&
		Object.values(collection).every((entries) => Array.isArray(entries) && entries.length === 0)
	);
}

/** Checks rules across parameters. They apply only to parameters that are sent. */
function checkConditions(model: RequestModel, params: IDataObject): void {
	for (const [parameter, { onlyWith }] of model.parameters) {
		if (params[parameter] === undefined || !onlyWith) continue;
		checkConditionsOf(parameterFields[parameter].label, onlyWith, params);
	}
}

/** @throws TaskError that names the conditions, and what is set in their place */
export function checkConditionsOf(label: string, onlyWith: Conditions, params: IDataObject): void {
	const unmet = listConditions(onlyWith)
		.filter(([other, values]) => !values.includes(params[other] as string))
		.map(([other]) => `${conditionLabels[other]} is ${show(params[other])}`);
	if (unmet.length === 0) return;
	throw inputError(
		label,
		`can only be used with ${conditionsOf(onlyWith)}, but ${unmet.join(' and ')}`,
	);
}

/**
 * What goes with a list of shots (reference: `kirin_v3_t2v`), in the API's words.
 *
 * @param params as checked so far
 * @throws TaskError when the durations do not add up to that of the video
 */
function shotsParams({ parameters }: RequestModel, params: IDataObject): IDataObject {
	const shots = params.multi_prompt as IDataObject[] | undefined;
	if (shots === undefined) return {};
	const mustFill = parameters.some(([, rule]) => rule.kind === 'shots' && rule.fillDuration);
	const total = Number(params.duration);
	// In thousandths, so that 0.1 + 0.2 adds up.
	const sum = shots.reduce((all, { duration }) => all + Math.round(Number(duration) * 1000), 0);
	if (mustFill && sum !== Math.round(total * 1000)) {
		throw inputError(
			parameterFields.multi_prompt.label,
			`must have durations that add up to ${parameterFields.duration.label} (${total}), but they add up to ${sum / 1000}`,
		);
	}
	return { multi_shot: true, shot_type: 'customize' };
}

/** Tasks of one kind, which are the model, the mode and the duration, take about the same time. */
export function taskKind({ model, params }: TaskRequest): string {
	return JSON.stringify([model.id, params.mode, params.duration]);
}

/** The body of create (reference: "Create"). */
export function createBody(request: TaskRequest, externalTaskId: string): IDataObject {
	return bodyOf(request, { ...request.params, external_task_id: externalTaskId });
}

/** The body of an estimate: that of create without callback URL and external task ID. */
export function estimateBody(request: TaskRequest): IDataObject {
	const params = { ...request.params };
	delete params.callback_url;
	return bodyOf(request, params);
}

function bodyOf({ model }: TaskRequest, params: IDataObject): IDataObject {
	return { model: model.id, input: [{ params }] };
}

/** @returns undefined where the user gave nothing */
function readOptional(
	read: ReadParameter,
	{ path, label }: Field,
	check: (label: string, value: unknown) => string,
): string | undefined {
	const value = read(path, '');
	return isEmpty(value) ? undefined : check(label, value);
}
