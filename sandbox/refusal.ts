/** A request that the service turns down: thrown by the rules, answered as an HTTP error. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		/** The provider's number in `{status: {error_code}}` bodies, for example 40201. */
		readonly errorCode?: number,
		/** What is answered in place of a body in the variant's form. */
		readonly body?: unknown,
	) {
		super(message);
	}
}

/** The refusal of one parameter, which the message names. */
export function badParameter(name: string, problem: string): Refusal {
	return new Refusal(400, 'INVALID_PARAMETER', `${name}: ${problem}`);
}
