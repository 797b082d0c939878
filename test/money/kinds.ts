/** The ways to ask for a video: each operation that creates tasks × each way of waiting for them. */
import type { INodeParameters } from 'n8n-workflow';
import { generateFromImage, generateFromText, type Waiting } from '../saved-parameters';

export interface Kind {
	name: string;
	waiting: Waiting;
	/** What the node saves; the prompt is that of the item unless told otherwise. */
	parameters(own?: INodeParameters): INodeParameters;
}

type Make = (parameters?: INodeParameters, waiting?: Waiting) => INodeParameters;

const PROMPT = '={{ $json.prompt }}';
const INPUTS: Record<string, { make: Make; own: INodeParameters }> = {
	text: { make: generateFromText, own: {} },
	image: {
		make: generateFromImage,
		own: { imageSource: 'url', imageUrl: 'https://example.com/first-frame.png' },
	},
};
const WAITINGS: Waiting[] = ['poll', 'callback', 'none'];

/** A poll once in a second: renders are short here. */
const EVERY_SECOND = { strategy: 'fixed', intervalSeconds: 1 };

/** So that an execution which nobody wakes is told from one that wakes at its deadline. */
const MAXIMUM_WAIT = { maximumWaitMinutes: 60 };

function kind(input: string, waiting: Waiting): Kind {
	const { make, own } = INPUTS[input] ?? { make: generateFromText, own: {} };
	const forCompletion = {
		poll: { waiting: { ...EVERY_SECOND, ...MAXIMUM_WAIT } },
		callback: { waiting: MAXIMUM_WAIT },
		none: {},
	}[waiting];
	return {
		name: `${input}-${waiting}`,
		waiting,
		parameters: (more) => make({ prompt: PROMPT, ...own, ...forCompletion, ...more }, waiting),
	};
}

/** An input that does not know this way of waiting saves the same as for another one. */
function exists(input: string, waiting: Waiting): boolean {
	const { make = generateFromText } = INPUTS[input] ?? {};
	return (
		waiting === 'poll' || JSON.stringify(make({}, waiting)) !== JSON.stringify(make({}, 'poll'))
	);
}

export const KINDS: Kind[] = Object.keys(INPUTS).flatMap((input) =>
	WAITINGS.filter((waiting) => exists(input, waiting)).map((waiting) => kind(input, waiting)),
);

/** The ways of waiting that end with a video. */
export const DOWNLOADING: Waiting[] = ['poll', 'callback'];

let turns = 0;

/**
 * One kind for each of these ways of waiting, with the inputs in turn from call to call. What happens to an
 * execution depends on how it waits; the input changes what is sent, and that is the same in each scenario.
 */
export function kindsFor(waitings: Waiting[] = WAITINGS): Kind[] {
	turns++;
	return waitings.map((waiting, index) => {
		const own = KINDS.filter((one) => one.waiting === waiting);
		return own[(turns + index) % own.length] ?? kindOf(waiting);
	});
}

export function kindOf(waiting: Waiting): Kind {
	return kind('text', waiting);
}
