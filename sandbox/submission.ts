/** The rules of create and precharge: from a request to a checked submission. */
import { urlBesideBase64 } from './images';
import type { Problem } from './model';
import { shotsOf } from './model-params';
import { findModel, type Model, type Params } from './models';
import { anyObject, flag, isObject, type Rule } from './params';
import { badParameter, Refusal } from './refusal';

export interface Submission {
	model: Model;
	params: Params;
	/** The text that markers are read from: the prompt, or those of the shots. */
	prompt: string;
	externalTaskId?: string;
	/** What was accepted although no page says so, or pages disagree. */
	unverified: string[];
}

/** Beside `model` and `input`, as the provider's SDKs send them (kirin-endpoints.md 6). */
const TOP_LEVEL: Record<string, Rule> = {
	moderation: flag,
	metadata: anyObject,
	options: anyObject,
	dash_scope: flag,
	id: () => undefined,
};

export interface SubmissionRules {
	/** Served without being known. */
	otherModels: readonly string[];
	/** What only the vendor says is refused too, where it is otherwise only noted. */
	vendorRules: boolean;
}

/**
 * Checks `{model, input: [{params}]}`, key by key. Throws a Refusal that names what is wrong.
 *
 * @param header the model in `X-Model`, which stands in for the one in the body
 */
export function readSubmission(
	body: unknown,
	header: string | undefined,
	rules: SubmissionRules,
): Submission {
	if (!isObject(body)) throw new Refusal(400, 'INVALID_BODY', 'the body must be a JSON object');
	for (const [name, value] of Object.entries(body)) {
		if (name === 'model' || name === 'input') continue;
		const rule = Object.hasOwn(TOP_LEVEL, name) ? TOP_LEVEL[name] : undefined;
		if (rule === undefined) throw badParameter(name, 'is not allowed in the body');
		const problem = rule(value);
		if (problem !== undefined) throw badParameter(name, problem);
	}
	const id = modelId(body.model, header);
	const model = findModel(id, rules.otherModels);
	if (model === undefined) {
		throw badParameter('model', `unknown model ${JSON.stringify(id) ?? '(none)'}`);
	}
	const input = body.input;
	if (!Array.isArray(input) || input.length !== 1 || !isObject(input[0])) {
		throw badParameter('input', 'must be an array with one object {"params": {…}}');
	}
	const extra = Object.keys(input[0]).find((key) => key !== 'params');
	if (extra !== undefined) throw badParameter(extra, 'is not allowed in input[0]');
	if (!isObject(input[0].params)) throw badParameter('input[0].params', 'must be an object');

	const params = paramsOf(model, input[0].params);
	const beyondVendor = check(model, params);
	if (rules.vendorRules && beyondVendor[0]) throw badParameter(...beyondVendor[0]);
	const doubt = model.doubt?.(params);
	const unverified = doubt ? [...beyondVendor, doubt] : beyondVendor;
	return {
		model,
		params,
		prompt: '',
		...peek(body),
		unverified: unverified.map(([name, problem]) => `${name}: ${problem}`),
	};
}

function modelId(inBody: unknown, header: string | undefined): unknown {
	if (header === undefined) return inBody;
	if (inBody !== undefined && inBody !== header) {
		const message = `the body names model ${JSON.stringify(inBody)}, the header X-Model ${JSON.stringify(header)}`;
		throw new Refusal(400, 'MODEL_MISMATCH', message);
	}
	return header;
}

function paramsOf(model: Model, params: Params): Params {
	if (!model.dataObject || !isObject(params.data)) return params;
	const { data, ...others } = params;
	return { ...data, ...others };
}

/** Throws a Refusal for what breaks the page's rules; gives what breaks only those of the vendor. */
function check(model: Model, params: Params): Problem[] {
	const { vendorParams = {} } = model;
	const ignored = model.ignored?.(params) ?? [];
	for (const name of [...model.required, ...(model.alsoRequired?.(params) ?? [])]) {
		if (params[name] === undefined) throw badParameter(name, 'is required');
	}
	const choice = model.oneOfRequired ?? [];
	if (choice.length > 0 && choice.every((name) => params[name] === undefined)) {
		throw badParameter(choice[0] ?? '', `one of ${choice.join(', ')} is required`);
	}
	const noted: Problem[] = [];
	for (const [name, value] of Object.entries(params)) {
		if (ignored.includes(name)) continue;
		const rule = Object.hasOwn(model.params, name) ? model.params[name] : undefined;
		const vendorRule = Object.hasOwn(vendorParams, name) ? vendorParams[name] : undefined;
		if (!rule && !vendorRule) {
			if (model.loose) continue;
			if (!model.open || model.absent?.includes(name))
				throw badParameter(name, `is not a parameter of ${model.id}`);
			noted.push([name, `is not known as a parameter of ${model.id}`]);
		}
		const problem = rule?.(value);
		if (problem !== undefined) throw badParameter(name, problem);
		const vendorProblem = vendorRule?.(value);
		if (vendorProblem !== undefined) noted.push([name, vendorProblem]);
	}
	const url = model.loose ? undefined : urlBesideBase64(params);
	if (url !== undefined) {
		throw badParameter(url, 'must be Base64 as well: all images of a request are, or none');
	}
	const clash = model.together?.(params);
	if (clash !== undefined) throw badParameter(...clash);
	// Rules about several parameters rely on each of them being right.
	const vendorClash = noted.length === 0 ? model.vendorTogether?.(params) : undefined;
	return vendorClash ? [vendorClash] : noted;
}

/** Marker text and external task ID of a body that may be anything: what faults are matched with. */
export function peek(body: unknown): { prompt?: string; externalTaskId?: string } {
	const input = isObject(body) && Array.isArray(body.input) ? (body.input[0] as unknown) : {};
	const given = isObject(input) && isObject(input.params) ? input.params : {};
	const params = isObject(given.data) ? { ...given.data, ...given } : given;
	const { multi_shot: multiShot, external_task_id: externalTaskId } = params;
	const shots = shotsOf(params).map(({ prompt }) => String(prompt));
	const prompt = multiShot === true ? shots.join(' ') : params.prompt;
	return {
		...(typeof prompt === 'string' ? { prompt } : {}),
		...(typeof externalTaskId === 'string' ? { externalTaskId } : {}),
	};
}
