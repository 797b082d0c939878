/** The executions that the suite starts, and how each of them has to end. */
import { PACKAGE_NAME } from '../../demo/package';
import { type WorkflowNode, webhookWorkflow } from '../bench/workflow';
import { generateFromText, onTask } from '../saved-parameters';

export type Credentials = WorkflowNode['credentials'];

export interface Plan {
	name: string;
	/** What each item asks for; the sandbox's ledger has no other task with such a prompt. */
	prompts: string[];
	node?: { onError?: 'continueRegularOutput'; waiting?: object };
	/** Nodes behind ours. */
	then?: WorkflowNode[];
	/** Whose output counts: our node, or the last of those behind it. */
	last?: string;
}

export const NODE = 'Kirin Video';
const TYPE = `${PACKAGE_NAME}.kirinVideo`;

/**
 * Sandbox seconds: renders end before n8n dies, while it is dead, and after it has come back. The suite
 * moves the sandbox's clock on; they are this long so that none ends before, on a slow machine.
 */
export const RENDER_SECONDS = { before: 600, meanwhile: 1_200, after: 1_800 };

const { before, meanwhile, after } = RENDER_SECONDS;
const RENDERS = [before, before, meanwhile, meanwhile, meanwhile, after, after, after];

/** Ten items of which two fail: one while n8n is dead, one after it. No two end at the same moment. */
function tenPrompts(name: string): string[] {
	return [
		...RENDERS.map((seconds, index) => `${name} ${index} [sandbox: render ${seconds + index}s]`),
		`${name} 8 [sandbox: render ${meanwhile}s; fail 002011095]`,
		`${name} 9 [sandbox: render ${after + 9}s; fail 002011096]`,
	];
}

export const plans: Plan[] = [
	{ name: 'failing', prompts: tenPrompts('failing') },
	{
		name: 'continuing',
		prompts: tenPrompts('continuing'),
		node: { onError: 'continueRegularOutput' },
	},
	{
		name: 'duplicates',
		prompts: [
			`Twice [sandbox: render ${after}s; callback repeat]`,
			`Twice as well [sandbox: render ${after}s; callback repeat]`,
		],
	},
	{
		name: 'deadline',
		prompts: [`Slow [sandbox: render ${after}s]`, `Slow too [sandbox: render ${after}s]`],
		// After n8n has come back, on a slow machine too: what runs when it is killed has crashed.
		node: { waiting: { maximumWaitMinutes: 3 } },
		then: [
			{
				name: 'Wait',
				type: TYPE,
				typeVersion: 1,
				parameters: onTask('wait'),
			},
		],
		last: 'Wait',
	},
	{ name: 'stopped', prompts: [`Unwanted [sandbox: render ${before}s]`] },
	{
		// Its credential is deleted while it waits, and a callback comes after that.
		name: 'bereft',
		prompts: [`Bereft [sandbox: render ${before}s]`, `Bereft too [sandbox: render ${after}s]`],
		node: { waiting: { maximumWaitMinutes: 3 } },
	},
];

/** A fault of the sandbox that keeps a callback from being sent. */
export const NEVER_SENT = '503';

/** No callback of theirs is ever sent: one as long as n8n stores the wait, the other after that. */
export const unheard: Plan[] = [
	{
		name: 'early',
		prompts: [
			`Early [sandbox: render 1s; callback ${NEVER_SENT}]`,
			`Early as well [sandbox: render 1s; callback ${NEVER_SENT}]`,
		],
	},
	{ name: 'unheard', prompts: [`Unheard [sandbox: render 20s; callback ${NEVER_SENT}]`] },
];

export function workflowOf(plan: Plan, credentials: Credentials) {
	const { name, node = {}, then = [] } = plan;
	const parameters = generateFromText(
		{ prompt: '={{ $json.prompt }}', waiting: { maximumWaitMinutes: 60, ...node.waiting } },
		'callback',
	);
	const { onError } = node;
	return webhookWorkflow(name, name, {
		nodes: [
			{
				name: NODE,
				type: TYPE,
				typeVersion: 1,
				parameters,
				credentials,
				...(onError && { onError }),
			},
			...then.map((one) => ({ ...one, credentials })),
		],
	});
}
