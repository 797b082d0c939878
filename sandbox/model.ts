/** What one model is: its entry in the tables of models. */
import { text, type Rule } from './params';

export type Params = Record<string, unknown>;

/** A parameter's name and what is wrong with it. */
export type Problem = [name: string, problem: string];

/** Tags as `skill/search` knows them. */
export type Tag = 't2v' | 'i2v' | 'r2v' | 'vref' | 'vext' | 'lipsync';

export interface Model {
	id: string;
	title: string;
	tag: Tag;
	/** What the video can be made from. */
	input: Array<'text' | 'image' | 'video' | 'audio'>;
	/** The rules that were read on the model's page: what breaks one is refused. */
	params: Record<string, Rule>;
	/**
	 * Parameters that the page was not read for, as the vendor has them. They are accepted whatever
	 * they are; what the vendor would not take is only noted with the task (`unverified`).
	 */
	vendorParams?: Record<string, Rule>;
	/** The page was not read to its end: parameters that are in neither list are accepted, and noted. */
	open?: true;
	/** Parameters of siblings that this model surely does not have, although its page was not read to its end. */
	absent?: string[];
	/** The page was read in part or not at all: any parameter is accepted. */
	loose?: true;
	/** Those without which nothing is made. */
	required: string[];
	/** Further ones, which depend on the others. */
	alsoRequired?: (params: Params) => string[];
	/** One of these at least. */
	oneOfRequired?: string[];
	/** Parameters that count for nothing with these others, and so are not looked at. */
	ignored?: (params: Params) => string[];
	/** What is wrong with parameters that are right one by one. */
	together?: (params: Params) => Problem | undefined;
	/** The same, of what only the vendor says: noted. */
	vendorTogether?: (params: Params) => Problem | undefined;
	/** Where the page contradicts others, so that nobody knows which form is right: noted. */
	doubt?: (params: Params) => Problem | undefined;
	/** The page shows all parameters inside one object `data`: taken there or flat. */
	dataObject?: true;
	/** The digits in front of the last three of a task error code. */
	errorPrefix: string;
	/** The member of a task error that holds the words; `error_message` unless told. */
	errorField?: 'message';
	/** `std` unless told. */
	defaultMode?: string;
	/**
	 * USD per mode (`only` where there is none; `pro with sound` where sound has a price of its own)
	 * and duration; other durations in proportion. The amounts are the sandbox's own.
	 */
	prices: Record<string, { '5': string; '10': string }>;
	discount: number;
}

export const PROMPT = text(2500);
