/**
 * What the same work costs n8n at the least: a node that creates tasks, polls them and stores their
 * videos without a rule, an error text or a second attempt. Plain JavaScript, as n8n loads it.
 */
const http = require('node:http');

const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
const CREDENTIAL = 'kirinVideoApi';

const fixed = (name, type, more = {}) => ({ displayName: name, name, type, default: '', ...more });

exports.Floor = class Floor {
	constructor() {
		this.description = {
			displayName: 'Floor',
			name: 'floor',
			group: ['transform'],
			version: 1,
			description: 'The least that the work costs',
			defaults: { name: 'Floor' },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: CREDENTIAL, required: true }],
			webhooks: [
				{
					name: 'default',
					httpMethod: 'POST',
					responseMode: 'onReceived',
					path: '',
					restartWebhook: true,
					isFullPath: true,
				},
			],
			properties: [
				fixed('does', 'string'),
				fixed('by', 'string'),
				fixed('apiUrl', 'string'),
				fixed('apiKey', 'string'),
				fixed('polls', 'number', { default: 3 }),
				fixed('renderSeconds', 'number', { default: 5 }),
			],
		};
	}

	async execute() {
		const parameter = (name) => this.getNodeParameter(name, 0);
		const [does, renderSeconds, polls] = ['does', 'renderSeconds', 'polls'].map(parameter);
		const request = requestOf(this, parameter('by'), parameter('apiUrl'), parameter('apiKey'));
		const items = this.getInputData();
		if (does === 'create' || does === 'suspend') {
			const callbackUrl = this.evaluateExpression('{{ $execution.resumeUrl }}', 0);
			await Promise.all(items.map(({ json }) => create(request, json.prompt, callbackUrl)));
			if (does === 'suspend') await this.putExecutionToWait(new Date(Date.now() + 3_600_000));
			return [items];
		}
		const each = async ({ json }, item) => {
			// Behind n8n's Wait node, which puts out the call.
			if (does === 'downloadCalled') return await store(this, request, json.body, item);
			const { id } = await create(request, json.prompt);
			let task = {};
			for (let poll = 1; task.status !== 'completed'; poll++) {
				// The last of them comes after the render's end.
				const pauseMs = (renderSeconds * 1000) / (polls - 1) + 1;
				if (poll > 1) await new Promise((resolve) => setTimeout(resolve, pauseMs));
				task = await request('GET', `/model/v1/generation/task/${id}`);
			}
			return await store(this, request, task, item);
		};
		return [await Promise.all(items.map(each))];
	}

	async webhook() {
		return {};
	}
};

async function create(request, prompt, callbackUrl) {
	const params = { prompt, mode: 'std', duration: '5', aspect_ratio: '16:9' };
	const input = [{ params: { ...params, ...(callbackUrl && { callback_url: callbackUrl }) } }];
	const body = { model: 'kirin_v2_5_turbo_t2v', input };
	return await request('POST', '/model/v1/generation', body);
}

async function store(functions, request, task, item) {
	const url = task.output[0].content[0].url;
	const video = await request('GET', url, undefined, true);
	const data = await functions.helpers.prepareBinaryData(video, 'video.mp4', 'video/mp4');
	return { json: task, binary: { data }, pairedItem: { item } };
}

function requestOf(functions, by, apiUrl, apiKey) {
	const authorization = `Bearer ${apiKey}`;
	return async (method, path, body, isFile) => {
		const url = new URL(path, apiUrl).href;
		if (by === 'raw') return await raw(method, url, isFile ? {} : { authorization }, body, isFile);
		const options = { method, url, body, json: !isFile, ...(isFile && { encoding: 'stream' }) };
		if (isFile) return await functions.helpers.httpRequest(options);
		if (by === 'httpRequest') {
			return await functions.helpers.httpRequest({ ...options, headers: { authorization } });
		}
		return await functions.helpers.httpRequestWithAuthentication.call(
			functions,
			CREDENTIAL,
			options,
		);
	};
}

function raw(method, url, headers, body, isFile) {
	return new Promise((resolve, reject) => {
		const text = body && JSON.stringify(body);
		const sent = { ...headers, ...(text && { 'content-type': 'application/json' }) };
		const request = http.request(url, { method, agent, headers: sent }, (response) => {
			if (isFile) return resolve(response);
			const parts = [];
			response.on('data', (part) => parts.push(part));
			response.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString())));
		});
		request.on('error', reject);
		request.end(text);
	});
}
