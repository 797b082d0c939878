import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { parseJson, readText } from '../answerText';
import { readBaseUrl } from '../client';
import { noAnswerFrom } from '../noAnswer';
import { type Answer, readProviderMessage, refusalKind } from '../answer';
import { within } from '../deadline';
import { Secrets } from './secrets';

/** No service has a task of this name, so that a request for it tests the key and changes nothing. */
const PROBE_PATH = '/model/v1/generation/task/n8n-credential-test';

const PROBE_TIMEOUT_MS = 20_000;

/**
 * Tests the key, and whether the host is there and is the service. A test that is only described to n8n
 * would show bare codes such as ECONNREFUSED.
 */
export async function testKirinVideoApi(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const { apiKey, baseUrl } = credential.data ?? {};
	const base = readBaseUrl(baseUrl);
	if (base === undefined) {
		return failure('The base URL must start with http:// or https://.');
	}
	if (typeof apiKey !== 'string' || apiKey.trim() === '') {
		return failure('The API key is empty.');
	}
	const secrets = new Secrets(apiKey);
	const answer = await within(
		PROBE_TIMEOUT_MS,
		undefined,
		async () => await probe(this.helpers, base, apiKey.trim(), secrets),
	).catch(noAnswerFrom);
	const { status, message } = verdict(answer, new URL(base).host);
	return { status, message: secrets.redact(message) };
}

/** This context has no other way to send a request, and no way to abort one. */
async function probe(
	{ request }: ICredentialTestFunctions['helpers'],
	base: string,
	key: string,
	secrets: Secrets,
): Promise<Answer> {
	const response = (await request({
		method: 'GET',
		uri: `${base}${PROBE_PATH}`,
		headers: { Accept: 'application/json', Authorization: `Bearer ${key}` },
		followRedirect: false,
		resolveWithFullResponse: true,
		simple: false,
		useStream: true,
		timeout: PROBE_TIMEOUT_MS,
	})) as { statusCode: number; body: unknown };
	const { statusCode: status, body } = response;
	return {
		kind: 'response',
		status,
		headers: {},
		body: secrets.clean(parseJson(await readText(body))),
	};
}

function verdict(answer: Answer, host: string): INodeCredentialTestResult {
	if (answer.kind === 'noAnswer') {
		const { maybeSent, reason } = answer;
		const what = maybeSent ? `The request to ${host} failed` : `${host} could not be reached`;
		return failure(`${what}: ${reason}. Check the base URL.`);
	}
	const { status, body } = answer;
	const { message } = readProviderMessage(body);
	const quoted = message ? ` It says: "${message}".` : '';
	const kind = refusalKind(answer);
	if (kind === 'key') {
		return failure(`${host} did not accept the API key (HTTP ${status}).${quoted}`);
	}
	if (kind === 'blocked') {
		return failure(
			`Something in front of ${host}, such as a proxy or a firewall, refuses access (HTTP ${status}). Check the base URL.${quoted}`,
		);
	}
	if (kind === 'redirect') {
		return failure(`${host} redirects to another address. Check the base URL.`);
	}
	if (kind === undefined && status >= 400) {
		return failure(`${host} answered with HTTP ${status}. Try again later.${quoted}`);
	}
	if (body === undefined) {
		return failure(`${host} answered, but not as the Kirin API does. Check the base URL.`);
	}
	return { status: 'OK', message: 'The API key works' };
}

function failure(message: string): INodeCredentialTestResult {
	return { status: 'Error', message };
}
