import { inputError } from '../api/taskError';
import { record } from '../api/untrusted';
import {
	type Model,
	type ModelInput,
	type ParameterName,
	DEFAULT_MODELS,
	findModel,
	inputOfModel,
	modelsFor,
	parametersOf,
	rulesFor,
} from './models';
import { type ReadParameter, modelFieldFor, parameterFields, otherModelField } from './parameters';
import { type Rule, loosen } from './rules';
import { show } from './values';

/** The model of a request: one of the catalogue, or another of which only the ID is known. */
export interface RequestModel extends Pick<Model, 'id'>, Partial<Pick<Model, 'documentationUrl'>> {
	/** What is read, checked and sent, in this order. */
	parameters: Array<[ParameterName, Rule]>;
	/** What the user gave for a parameter. */
	valueOf(parameter: ParameterName, rule: Rule): unknown;
}

/**
 * @param input what the operation makes videos from: only models that take it will do
 * @throws TaskError that names the models
 */
export function readModel(read: ReadParameter, input: ModelInput): RequestModel {
	const models = modelsFor(input);
	const field = modelFieldFor[input];
	const id = idIn(read(field.path, DEFAULT_MODELS[input]));
	const model = typeof id === 'string' ? findModel(id) : undefined;
	if (model && inputOfModel(model) === input) {
		return {
			id: model.id,
			documentationUrl: model.documentationUrl,
			parameters: parametersOf(model),
			valueOf: (parameter, rule) => read(parameterFields[parameter].path, presetOf(rule)),
		};
	}
	// A model that this version of the node does not know.
	if (!model && isModelId(id)) return otherModel(id, read, input);
	const known = models.map((entry) => entry.id).join(', ');
	throw inputError(
		field.label,
		`must be one of ${known}, or ${MODEL_ID_LIMIT}, but is ${show(id)}${model ? OTHER_INPUT[input] : ''}`,
	);
}

/** The value of a resource locator; an expression may give a plain ID in its place. */
function idIn(value: unknown): unknown {
	const locator = record(value);
	return locator && '__rl' in locator ? locator.value : value;
}

/** What is said of a model of the catalogue that does not take an operation's input. */
const OTHER_INPUT: Record<ModelInput, string> = {
	text: ', which makes videos from images: choose another model, or the operation for images',
	image: ', which makes videos from text: choose another model, or the operation for text',
};

/** No form is documented. The provider's IDs are of this kind, and names for people are not. */
export const MODEL_ID = /^[a-z0-9][\w.:/@-]{0,127}$/i;
const MODEL_ID_LIMIT =
	'the ID of another model (1 to 128 letters, digits and . _ - : / @, without spaces)';

function isModelId(id: unknown): id is string {
	return typeof id === 'string' && MODEL_ID.test(id);
}

function otherModel(id: string, read: ReadParameter, input: ModelInput): RequestModel {
	return {
		id,
		parameters: (Object.keys(parameterFields) as ParameterName[]).flatMap((parameter) => {
			const [known] = rulesFor(parameter, input);
			return known ? [[parameter, loosen(known.rule)] as [ParameterName, Rule]] : [];
		}),
		valueOf: (parameter) => readForOther(read, parameter, input),
	};
}

/**
 * What the user gave for a parameter of a model that the catalogue does not know. Where the model comes
 * from an expression, the fields of the known models are there too. One that still has its default was
 * not set for this model, which may lack the parameter. One with an expression was set, whatever the
 * expression gives.
 */
function readForOther(read: ReadParameter, parameter: ParameterName, input: ModelInput): unknown {
	const { path } = otherModelField(parameter);
	const added = read(path, null);
	const known = parameterFields[parameter].path;
	if (added !== null || path === known) return added;
	const value = read(known, null);
	if (isExpression(read(known, null, { rawExpressions: true }))) return value;
	const presets = rulesFor(parameter, input).map(({ rule }) => presetOf(rule));
	return presets.includes(value) ? null : value;
}

function isExpression(raw: unknown): boolean {
	return typeof raw === 'string' && raw.startsWith('=');
}

/** Where the field of a known model starts; null where it starts empty. */
export function presetOf(rule: Rule): unknown {
	return rule.kind === 'choice' || rule.kind === 'switch' ? rule.default : null;
}
