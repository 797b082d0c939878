import type { INodeProperties } from 'n8n-workflow';
import { type Field, type Wording, nameOf } from '../request/parameters';
import { type Rule, inputOf } from '../request/rules';

/** A parameter of the API as a property of the node. */
export function ruleField(field: Field, rule: Rule, wording: Wording): INodeProperties {
	return { displayName: field.label, name: nameOf(field), ...inputOf(rule, wording) };
}
