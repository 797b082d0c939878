import {
	type Answer,
	type Response,
	type RefusalKind,
	ANOTHER_HOST,
	readProviderMessage,
} from '../api/answer';
import { type ErrorDetails, TaskError, VideoGone } from '../api/taskError';
import { excerpt } from '../api/untrusted';
import { type Model, findModelByErrorCode, modelName } from '../request/models';
import { type KnownIds, type Task, fileAt, videosOf } from './task';

/** For every task whose end the node has not seen. */
const PICK_UP = 'Use Task → Wait with this task ID to pick up the result.';

/** The credential's base URL is unusable. */
export function credentialError(shown: string): TaskError {
	return new TaskError(
		`The base URL in the Kirin Video API credential must start with http:// or https://, but is ${shown}`,
		'Nothing was submitted, so nothing is billed. Correct the credential and run again.',
		{ field: 'Base URL' },
	);
}

const KIND_MEANING: Record<string, { what: string; next: string }> = {
	'095': {
		what: 'an internal generation error',
		next: 'Run the item again; if it fails again, simplify the prompt.',
	},
	'096': {
		what: 'a result parsing error',
		next: 'The service could not read its own result: run the item again.',
	},
	'097': {
		what: 'an HTTP error response',
		next: 'A server behind the service had trouble: run the item again in a few minutes.',
	},
	'098': {
		what: 'a status check error',
		next: 'The service lost track of the task: get it with Task → Get before you run the item again.',
	},
	'099': {
		what: 'a task creation error',
		next: 'The service could not start the generation: check the prompt and the parameters, then run the item again.',
	},
};

/** Codes of six digits, which stand for themselves (reference: "Two protocols"). */
const CODE_MEANING: Record<string, { what: string; next: string }> = {
	'110001': {
		what: 'an input image that may be sensitive',
		next: 'Use another image, then run the item again.',
	},
	'190000': {
		what: 'an input file that could not be downloaded',
		next: 'Check that the service can reach the address of the image, then run the item again.',
	},
};

/**
 * The five kinds of both seed pages, by the last three digits; the first ones stand for the model.
 * A variant sends the code as a number, which drops its leading zeros.
 */
export function explainTaskErrorCode(code: string): { what: string; next: string } | undefined {
	if (/^\d{6}$/.test(code)) return CODE_MEANING[code];
	return /^\d{7,9}$/.test(code) ? KIND_MEANING[code.slice(-3)] : undefined;
}

export function taskFailed(task: Task, ids: KnownIds): TaskError {
	const { code, message } = task.error ?? {};
	const meaning = code ? explainTaskErrorCode(code) : undefined;
	const what = meaning?.what ?? 'an unknown error';
	const model = task.model ?? (code && findModelByErrorCode(code)?.id);
	return new TaskError(
		`${modelName(model)} failed with ${what}${code ? ` (${code})` : ''}, task ${task.taskId}`,
		[
			message && `The service says: "${message}".`,
			`The task${externalIdNote(ids)} was created and has failed; ${costOfFailed(task)}.`,
			meaning?.next ?? 'Run the item again; if it fails again, change the prompt.',
			'A new run creates a new task.',
		]
			.filter(Boolean)
			.join(' '),
		{
			taskId: task.taskId,
			externalTaskId: ids.externalTaskId,
			status: 'failed',
			model,
			errorCode: code,
		},
	);
}

function costOfFailed({ cost }: Task): string {
	return Number(cost ?? 0) === 0
		? 'the service reports no cost for failed tasks'
		: `the service reports a cost of ${cost} USD for it`;
}

/** The words for each refusal, and what the user does about it before the next attempt. */
const REFUSAL: Record<RefusalKind, { what: string; fix: string }> = {
	parameter: { what: 'refused a parameter', fix: 'Correct the field that it names' },
	key: {
		what: 'did not accept the API key',
		fix: 'Check the key in the Kirin Video API credential and, with a valid key, that the account has credit and may use this model',
	},
	credit: { what: 'refused the request for lack of credit', fix: 'Top up the account' },
	missing: {
		what: 'does not know this address',
		fix: 'Check the base URL in the Kirin Video API credential',
	},
	redirect: {
		what: 'redirected to another address',
		fix: 'The API key is not sent to other hosts: if the service has moved, change the base URL in the Kirin Video API credential',
	},
	blocked: {
		what: 'was not reached: something in front of it, such as a proxy or a firewall, refused access',
		fix: 'Allow n8n to reach the base URL in the Kirin Video API credential',
	},
	other: { what: 'refused the request', fix: 'Correct what it complains about' },
};

/**
 * Submit was refused for good.
 *
 * @param isCertain false where the refusal may mean that the task exists, and that could not be checked
 */
export function submitRefused(
	answer: Answer,
	kind: RefusalKind,
	model: ModelOfRequest,
	{ externalTaskId }: KnownIds,
	isCertain = true,
): TaskError {
	const money = isCertain
		? 'No task was created, so nothing is billed.'
		: `It could not be checked whether a task exists under the external task ID ${externalTaskId}; if it does, it may be billed. Look for it with Task → Get before you run the item again.`;
	return new TaskError(
		refusal(answer, kind),
		`${providerSays(answer)}${money} ${fixOf(answer, kind)}, then run again.${rulesOf(model, kind)}`,
		{
			externalTaskId,
			...(!isCertain && { status: 'unknown' }),
			model: model.id,
			...httpDetails(answer),
		},
	);
}

/** One that the catalogue does not know has no page. */
type ModelOfRequest = Pick<Model, 'id'> & Partial<Pick<Model, 'documentationUrl'>>;

function rulesOf({ documentationUrl }: ModelOfRequest, kind: RefusalKind | undefined): string {
	return kind === 'parameter' && documentationUrl ? ` The model's rules: ${documentationUrl}` : '';
}

/** The service gave no estimate. */
export function estimateFailed(
	answer: Answer,
	kind: RefusalKind | undefined,
	model: ModelOfRequest,
): TaskError {
	const what = kind ? refusal(answer, kind) : reason(answer, 'an estimate');
	const next = kind ? `${fixOf(answer, kind)}, then run again.` : 'Run the item again later.';
	return new TaskError(
		`The cost could not be estimated: ${what}`,
		`${providerSays(answer)}No task was created, so nothing is billed. ${next}${rulesOf(model, kind)}`,
		{ model: model.id, ...httpDetails(answer) },
	);
}

/** For an item that the user's own limit keeps from being created. */
const NOT_CREATED = 'No task was created for this item, so nothing is billed.';

/** The estimate is above the user's limit. */
export function costAboveMaximum(cost: string, { field, maximum, model }: HeldAgainst): TaskError {
	return new TaskError(
		`The estimated cost of ${cost} USD is above the ${field} of ${maximum}`,
		`${NOT_CREATED} Raise the limit, or choose a cheaper model, mode or duration, then run again.`,
		{ field, model, estimatedCost: cost, currency: 'USD', maximumCost: maximum },
	);
}

/**
 * There is no estimate in USD to hold against the user's limit.
 *
 * @param why ends the sentence "The cost cannot be checked against …: "
 */
export function costUnknown(why: string, { field, maximum, model }: HeldAgainst): TaskError {
	return new TaskError(
		`The cost cannot be checked against the ${field} of ${maximum}: ${why}`,
		`${NOT_CREATED} Run the item again later; or let such items through with the option When the Cost Is Unknown, or remove the limit.`,
		{ field, model, maximumCost: maximum },
	);
}

/** The limit that an item is refused by. */
interface HeldAgainst {
	/** The limit's name as the editor shows it. */
	field: string;
	/** Exact decimal string in USD. */
	maximum: string;
	/** The model's ID. */
	model: string;
}

/** The user's external task ID is that of a task which cannot be the one asked for. */
export function externalIdInUse(task: Task, externalTaskId: string): TaskError {
	return new TaskError(
		`External Task ID ${externalTaskId} already belongs to task ${task.taskId}${task.model === undefined ? '' : ` of ${task.model}`}`,
		'No task was created for this item, so nothing is billed. Give it another External Task ID, or leave the field empty to let the node make one.',
		{ taskId: task.taskId, externalTaskId, status: task.status, model: task.model },
	);
}

/** No task was created, as far as the service says: each create was refused, never left, or made no task. */
export function submitFailed(answer: Answer, ids: KnownIds): TaskError {
	const unreachable = answer.kind === 'noAnswer' && !answer.maybeSent;
	return new TaskError(
		`The task could not be created: ${reason(answer)}`,
		`${providerSays(answer)}No task was created, so nothing is billed. ${
			unreachable
				? 'Check the base URL in the Kirin Video API credential and that n8n can reach it.'
				: 'Run the item again later.'
		}`,
		{ externalTaskId: ids.externalTaskId, ...httpDetails(answer) },
	);
}

/**
 * An error that says that no task was created, after a create whose answer was lost. The service has
 * denied the task since, but a slow one may still come to it.
 */
export function afterLostAnswer(error: TaskError, externalTaskId: string): TaskError {
	return new TaskError(
		error.message,
		`${error.description} An earlier create may have reached the service all the same: look for the external task ID ${externalTaskId} with Task → Get before you run the item again.`,
		{ ...error.details, externalTaskId },
	);
}

/** A task that this execution has seen created is not known to the service any more. */
export function createdTaskUnknown(answer: Answer, ids: KnownIds): TaskError {
	return new TaskError(
		`The service does not know task ${ids.taskId}, which this execution has created`,
		`${providerSays(answer)}${capital(theTask(ids))} was created and may be billed; no second one was made. The credential may belong to another account than the one that created it: put the first one back, then press Retry. If the task is really gone, set the option Paid Video Is Gone to Make a New One, or run the workflow anew: either pays for a new video.`,
		{ ...ids, status: 'unknown', ...httpDetails(answer) },
	);
}

/**
 * The answer to submit was lost, and it could not be found out whether a task exists.
 *
 * @param hasAnswered whether the host has answered any request of this run
 */
export function submitUnknown(answer: Answer, ids: KnownIds, hasAnswered = true): TaskError {
	const hint = hasAnswered
		? ''
		: ' Nothing at this address has answered so far: check the base URL in the Kirin Video API credential, http or https included.';
	return new TaskError(
		`It is not known whether a task was created under the external task ID ${ids.externalTaskId}: ${reason(answer)}`,
		`${providerSays(answer)}A task may exist and may be billed. Before you run the item again, look for it with Task → Get and this external task ID; if it is there, Task → Wait gets its result.${hint}`,
		{ externalTaskId: ids.externalTaskId, status: 'unknown', ...httpDetails(answer) },
	);
}

/** Asking for a task's status was refused for good. The task itself is untouched. */
export function pollRefused(
	answer: Answer,
	kind: RefusalKind,
	seen: Task | undefined,
	ids: KnownIds,
): TaskError {
	return new TaskError(
		`${refusal(answer, kind)} while waiting for task ${ids.taskId}`,
		`${providerSays(answer)}${stateOf(seen, ids)} ${fixOf(answer, kind)}, then use Task → Wait with this task ID to pick up the result.`,
		{ ...ids, status: 'unknown', ...httpDetails(answer) },
	);
}

/** There is no task with the requested ID. */
export function taskNotFound(answer: Answer, id: string): TaskError {
	return new TaskError(
		`The service knows no task ${id}`,
		`${providerSays(answer)}Nothing was created or billed by asking for it. Check the ID, and that the credential belongs to the account that created the task.`,
		{ taskId: id, ...httpDetails(answer) },
	);
}

/** A task that the service had accepted cannot be found there any more. */
export function taskVanished(answer: Answer, ids: KnownIds): TaskError {
	return new TaskError(
		`The service no longer knows task ${ids.taskId} that it had accepted`,
		`${providerSays(answer)}${capital(theTask(ids))} was created and may be billed. Look for it with Task → Get later, and ask the provider's support about it before you run the item again.`,
		{ ...ids, status: 'unknown', ...httpDetails(answer) },
	);
}

/**
 * The service could not, or would not, tell about a task that may well exist.
 *
 * @param kind why it would not; undefined when it could not
 */
export function getFailed(answer: Answer, kind: RefusalKind | undefined, id: string): TaskError {
	const next = kind ? `${fixOf(answer, kind)}, then try again.` : 'Try again later.';
	return new TaskError(
		`Task ${id} could not be read: ${kind ? refusal(answer, kind) : reason(answer)}`,
		`${providerSays(answer)}The task is not affected by this, and nothing was created or billed by asking for it. ${next}`,
		{ taskId: id, status: 'unknown', ...httpDetails(answer) },
	);
}

/**
 * The maximum wait is over and the task is still under way, as far as could be understood.
 *
 * @param lastAnswer the last answer, where it had no task in it
 */
export function waitTimedOut(
	task: Task | undefined,
	ids: KnownIds,
	minutes: number,
	lastAnswer?: Answer,
): TaskError {
	const progress = task?.progress === undefined ? '' : ` at ${Math.round(task.progress * 100)} %`;
	return new TaskError(
		`Task ${ids.taskId} is not finished after ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}${progress}`,
		`${notUnderstood(task, lastAnswer)}${stateOf(task, ids)} Only the waiting has ended. ${PICK_UP} To wait longer, raise Maximum Wait (Minutes) under Waiting.`,
		{ ...ids, status: task?.status ?? 'unknown', model: task?.model },
	);
}

/** How much of a task that is not understood is shown, in characters. */
const MAX_SHOWN_CHARACTERS = 300;

/** Why the wait has come to nothing, where the service has answered in a way that nobody understands. */
function notUnderstood(task: Task | undefined, last: Answer | undefined): string {
	if (last) return `The last answer was of no use: ${reason(last)}. ${providerSays(last)}`;
	if (!task) return '';
	const { unknownStatus, isStatusMissing } = task;
	if (!isStatusMissing && unknownStatus === undefined) return '';
	const what = isStatusMissing
		? 'The service gives no status'
		: `The service gives the status "${unknownStatus}", which this node does not know`;
	return `${what}, and neither a result nor an error. It says: ${excerpt(JSON.stringify(task.raw), MAX_SHOWN_CHARACTERS)}. `;
}

/**
 * The task is completed and paid, but its video, or another of its files, could not be fetched whole.
 *
 * @param options which file it is, from 0 on, and whether it seems to have expired
 */
export function downloadFailed(
	task: Task,
	ids: KnownIds,
	problem: string,
	{ index = 0, isGone = false }: { index?: number; isGone?: boolean } = {},
): TaskError {
	const isVideo = index === 0;
	const url = fileAt(task, index)?.url;
	const what = isVideo ? 'The video' : `File ${index + 1}`;
	const said = url ? '' : `The service gave as the result: ${resultOf(task)}. `;
	return new (isGone && isVideo ? VideoGone : TaskError)(
		`${what} of task ${task.taskId} is finished but could not be downloaded: ${problem}`,
		`${said}The task${externalIdNote(ids)} is completed and billed. Do not run the item again: get ${isVideo ? 'the video' : 'it'} with Task → Wait and this task ID${url ? `, or from ${url}` : ''}.`,
		{
			...ids,
			taskId: task.taskId,
			status: 'completed',
			model: task.model,
			videoUrl: videosOf(task).video?.url,
		},
	);
}

/** The task was completed and paid before this run, but its file has expired. */
export function paidVideoGone({ message, details }: TaskError): TaskError {
	return new TaskError(
		message,
		`The task${externalIdNote(details)} was completed and billed before, but its file is no longer there, and the service tells no other address. No second task was made. To pay for a new video, set the option Paid Video Is Gone to Make a New One and run the item again.`,
		details,
	);
}

/** What the service gave where a video was expected. */
function resultOf({ raw }: Task): string {
	return excerpt(JSON.stringify(raw.output ?? raw.outputs ?? raw), MAX_SHOWN_CHARACTERS);
}

/** An unforeseen error. */
export function unexpected(reason: string, ids: KnownIds): TaskError {
	return new TaskError(`The node failed unexpectedly: ${reason}`, whatIsKnown(ids), {
		...ids,
		status: 'unknown',
	});
}

/** What is certain of a task that is not done: one that the service has not shown may not exist. */
function stateOf(seen: Task | undefined, ids: KnownIds): string {
	return seen
		? `${capital(theTask(ids))} exists, goes on and is billed.`
		: `The service has said nothing about ${theTask(ids)}; if it exists, it goes on and is billed.`;
}

/** What it means for the user's money when only these IDs are certain. */
export function whatIsKnown(ids: KnownIds, isCompleted = false): string {
	if (isCompleted) return `${capital(theTask(ids))} is finished and paid for. ${PICK_UP}`;
	if (ids.taskId) return `${capital(theTask(ids))} exists, goes on and is billed. ${PICK_UP}`;
	return ids.externalTaskId
		? `A task may exist and may be billed. Look for it with Task → Get and the external task ID ${ids.externalTaskId}.`
		: 'Nothing was submitted for this item, so nothing is billed.';
}

function theTask({ taskId, externalTaskId }: KnownIds): string {
	if (!taskId) return `the task with the external task ID ${externalTaskId}`;
	return `task ${taskId}${externalIdNote({ externalTaskId })}`;
}

function externalIdNote({ externalTaskId }: KnownIds): string {
	return externalTaskId ? ` (external task ID ${externalTaskId})` : '';
}

/** "The service refused a parameter (HTTP 400)". */
function refusal(answer: Answer, kind: RefusalKind): string {
	if (answer.kind === 'noAnswer') return 'n8n could not send the request';
	const what = (kind === 'redirect' && answer.problem) || REFUSAL[kind].what;
	return `The service ${what} (HTTP ${answer.status})${kind === 'parameter' ? parameterNamed(answer) : ''}`;
}

/** More of what the service says about a parameter than this is only in the description, in characters. */
const MAX_TITLE_CHARACTERS = 120;

/** Only the service knows which parameter it is, so its words belong into the message. */
function parameterNamed({ body, text }: Response): string {
	const words = (readProviderMessage(body).message ?? text ?? '').replaceAll(/\s+/g, ' ').trim();
	return words && `: ${excerpt(words.replace(/\.$/, ''), MAX_TITLE_CHARACTERS)}`;
}

/** What the user does about it before the next attempt. */
function fixOf(answer: Answer, kind: RefusalKind): string {
	const problem = answer.kind === 'response' && kind === 'redirect' ? answer.problem : undefined;
	if (problem === undefined || problem === ANOTHER_HOST) return REFUSAL[kind].fix;
	return 'Enter the address that the redirect leads to as the base URL in the Kirin Video API credential, or correct the redirect where it is made';
}

function reason(answer: Answer, expected = 'a task'): string {
	if (answer.kind === 'noAnswer') return answer.reason;
	if (answer.problem !== undefined) return answer.problem;
	if (answer.status < 300) return `the service answered with something that is not ${expected}`;
	return `the service answered with HTTP ${answer.status}`;
}

function providerSays(answer: Answer): string {
	if (answer.kind === 'noAnswer') return answer.permanent ? `${capital(answer.reason)}. ` : '';
	const { code, message, requestId } = readProviderMessage(answer.body);
	if (!message) {
		const said = answer.text === undefined ? '' : `It says: "${answer.text}". `;
		return requestId ? `${said}Request ID: ${requestId}. ` : said;
	}
	const label = [
		code && code !== message && `code ${code}`,
		requestId && `request ID ${requestId}`,
	];
	const note = label.filter(Boolean).join(', ');
	return `The service says: "${message}"${note ? ` (${note})` : ''}. `;
}

/** n8n is lower-case also at the start of a sentence. */
function capital(text: string): string {
	return text.startsWith('n8n') ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function httpDetails(answer: Answer): ErrorDetails {
	if (answer.kind === 'noAnswer') return {};
	return { httpStatus: answer.status, requestId: readProviderMessage(answer.body).requestId };
}
