import type { INodeProperties } from 'n8n-workflow';
import { type Field, conditionLabels, nameOf } from '../request/parameters';
import { type Rule, boundsOf, conditionsOf, lengthOf } from '../request/rules';

/** What the editor shows of a parameter beside what follows from its rule. */
export interface Wording {
	description: string;
	placeholder?: string;
	rows?: number;
}

/** A parameter of the API as a property of the node. */
export function ruleField(field: Field, rule: Rule, wording: Wording): INodeProperties {
	return {
		displayName: field.label,
		name: nameOf(field),
		...inputFor(rule, wording),
		description: describe(rule, wording.description),
	};
}

type Input = Pick<INodeProperties, 'type' | 'default'> & Partial<INodeProperties>;

function inputFor(rule: Rule, { placeholder, rows }: Wording): Input {
	const text = {
		...(placeholder && { placeholder }),
		...(rows && { typeOptions: { rows } }),
	};
	switch (rule.kind) {
		case 'text':
			return { type: 'string', default: '', ...(rule.required && { required: true }), ...text };
		case 'anyText':
			return { type: 'string', default: '', ...text };
		case 'choice':
			return {
				type: 'options',
				options: rule.choices.map((choice) => ({ ...choice })),
				default: rule.default,
			};
		// An option that is only added turns nothing on.
		case 'switch':
			return { type: 'boolean', default: rule.default ?? false };
		case 'watermark':
			return { type: 'boolean', default: false };
		case 'number':
			return {
				type: 'number',
				typeOptions: { minValue: rule.least, maxValue: rule.most, numberPrecision: 2 },
				default: rule.suggestion,
			};
		case 'object':
			return { type: 'json', default: '{}' };
	}
}

function describe(rule: Rule, description: string): string {
	const sentences = [description + limitOf(rule)];
	if (rule.kind === 'object') sentences.push(`For example ${rule.example}`);
	if (rule.onlyWith) {
		sentences.push(`Only with ${conditionsOf(rule.onlyWith, conditionLabels)}`);
	}
	return sentences.length === 1
		? sentences.join('')
		: sentences.map((each) => `${each}.`).join(' ');
}

function limitOf(rule: Rule): string {
	if (rule.kind === 'text') return `, in ${lengthOf(rule)}`;
	if (rule.kind === 'number' && rule.most !== undefined) return `, as ${boundsOf(rule)}`;
	return '';
}
