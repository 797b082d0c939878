/** The rules of create and precharge: from a request body to a checked submission. */
import { findModel, PROMPT_RULE, type Model, type Params } from './models';
import { isObject, type Rule } from './params';
import { badParameter, Refusal } from './refusal';

export interface Submission {
	model: Model;
	params: Params;
	prompt: string;
	externalTaskId?: string;
}

/**
 * Checks `{model, input: [{params}]}`, key by key. Throws a Refusal that names what is wrong.
 *
 * @param otherModels served without being known
 */
export function readSubmission(body: unknown, otherModels: readonly string[]): Submission {
	if (!isObject(body)) throw new Refusal(400, 'INVALID_BODY', 'the body must be a JSON object');
	onlyKeys(body, ['model', 'input'], 'the body');
	const model = findModel(body.model, otherModels);
	if (model === undefined) {
		throw badParameter('model', `unknown model ${JSON.stringify(body.model) ?? '(none)'}`);
	}
	const input = body.input;
	if (!Array.isArray(input) || input.length !== 1 || !isObject(input[0])) {
		throw badParameter('input', 'must be an array with one object {"params": {…}}');
	}
	onlyKeys(input[0], ['params'], 'input[0]');
	const params = input[0].params;
	if (!isObject(params)) throw badParameter('input[0].params', 'must be an object');

	const rules: Record<string, Rule> = {
		...(!model.takesAnything && { prompt: PROMPT_RULE }),
		...model.params,
	};
	for (const name of model.required) {
		if (params[name] === undefined) throw badParameter(name, 'is required');
	}
	for (const [name, value] of Object.entries(params)) {
		const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
		if (rule === undefined && model.takesAnything) continue;
		if (rule === undefined) throw badParameter(name, `is not a parameter of ${model.id}`);
		const problem = rule(value);
		if (problem !== undefined) throw badParameter(name, problem);
	}
	const clash = model.together?.(params);
	if (clash !== undefined) throw badParameter(...clash);
	return { model, params, prompt: '', ...peek(body) };
}

/** Prompt and external task ID of a body that may be anything: what faults are matched with. */
export function peek(body: unknown): { prompt?: string; externalTaskId?: string } {
	const input = isObject(body) && Array.isArray(body.input) ? (body.input[0] as unknown) : {};
	const params = isObject(input) && isObject(input.params) ? input.params : {};
	const { prompt, external_task_id: externalTaskId } = params;
	return {
		...(typeof prompt === 'string' ? { prompt } : {}),
		...(typeof externalTaskId === 'string' ? { externalTaskId } : {}),
	};
}

function onlyKeys(object: Record<string, unknown>, known: string[], where: string): void {
	const extra = Object.keys(object).find((key) => !known.includes(key));
	if (extra !== undefined) throw badParameter(extra, `is not allowed in ${where}`);
}
