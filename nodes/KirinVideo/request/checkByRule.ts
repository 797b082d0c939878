import type { IDataObject } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import { record } from '../api/untrusted';
import { type ChoiceRule, type Rule, type SwitchRule, type TextRule, lengthOf } from './rules';
import {
	checkBoolean,
	checkCharacters,
	checkNumber,
	checkObject,
	countCharacters,
	isEmpty,
	show,
} from './values';

/**
 * What the user gave for a parameter → what is sent for it; undefined when nothing is.
 *
 * @throws TaskError that names the field, the limit and the value
 */
export function checkByRule(label: string, value: unknown, rule: Rule): IDataObject[string] {
	if (rule.kind === 'choice') return checkChoice(label, value, rule);
	if (rule.kind === 'text') return checkText(label, value, rule);
	if (isEmpty(value)) return undefined;
	switch (rule.kind) {
		case 'anyText':
			return checkAnyText(label, value);
		case 'switch':
			return checkSwitch(label, value, rule);
		case 'number':
			return checkNumber(label, value, rule);
		case 'object':
			return checkFilledObject(label, value);
		case 'watermark':
			return { enabled: checkBoolean(label, record(value)?.enabled ?? value) };
	}
}

function checkText(label: string, value: unknown, rule: TextRule): string | undefined {
	const limit = lengthOf(rule);
	if (isEmpty(value)) {
		if (!rule.required) return undefined;
		throw inputError(label, `must be text of ${limit}, but is empty`);
	}
	if (typeof value !== 'string') {
		throw inputError(label, `must be text of ${limit}, but is ${show(value)}`);
	}
	checkCharacters(label, value);
	const characters = countCharacters(value);
	if (characters > rule.maxCharacters) {
		throw inputError(label, `must have ${limit}, but has ${characters}`);
	}
	return value;
}

function checkAnyText(label: string, value: unknown): string {
	if (typeof value === 'string') return checkCharacters(label, value);
	if (Number.isFinite(value)) return String(value);
	throw inputError(label, `must be text or a number, but is ${show(value)}`);
}

function checkChoice(label: string, value: unknown, rule: ChoiceRule): string {
	// The API wants "5", tables and AI agents give 5: nothing is lost in spelling it.
	const spelled = typeof value === 'number' ? String(value) : value;
	const choice = rule.choices.find((candidate) => candidate.value === spelled);
	if (choice) return choice.value;
	const allowed = rule.choices.map((candidate) => candidate.value).join(', ');
	throw inputError(label, `must be one of ${allowed}, but is ${show(value)}`);
}

const SWITCH_WORDS: Record<string, boolean> = { on: true, off: false };

function checkSwitch(label: string, value: unknown, rule: SwitchRule): string | undefined {
	// The API's own words are what tables and AI agents give.
	const meant = typeof value === 'string' ? (SWITCH_WORDS[value] ?? value) : value;
	const isOn = checkBoolean(label, meant);
	if (isOn === rule.default) return undefined;
	return isOn ? 'on' : 'off';
}

/** An empty one is what the editor's field starts with. */
function checkFilledObject(label: string, value: unknown): IDataObject | undefined {
	const object = checkObject(label, value);
	return Object.keys(object).length > 0 ? object : undefined;
}
