/** Stands in for a chat model of OpenAI: it calls the tool that it is given, and then quotes its answer. */
import { randomUUID } from 'node:crypto';
import type { StandIn, WorldAnswer, WorldRequest } from './outside-world';

/** A tool as the model is told of it. */
export interface ToolSchema {
	name: string;
	description: string;
	parameters: {
		properties: Record<string, { type?: string; description?: string }>;
		required?: string[];
	};
}

interface Message {
	role: string;
	content: unknown;
	tool_call_id?: string;
}

interface Completion {
	model: string;
	messages: Message[];
	tools?: Array<{ type: string; function: ToolSchema }>;
	stream?: boolean;
}

export class ChatModel {
	/** The arguments of the calls that it makes, all at once. */
	calls: object[] = [];
	/** The tools of the last question. */
	tools: ToolSchema[] = [];
	/** What tools have answered, as the model reads it. */
	readonly toolAnswers: string[] = [];
	private readonly apiKey = `sk-${randomUUID()}`;

	readonly credential = { apiKey: this.apiKey, url: 'https://api.openai.com/v1' };

	readonly hosts: Record<string, StandIn> = {
		'api.openai.com': (request) => this.answer(request),
	};

	private answer({ method, path, headers, body }: WorldRequest): WorldAnswer | undefined {
		if (method !== 'POST' || path !== '/v1/chat/completions') return undefined;
		if (headers.authorization !== `Bearer ${this.apiKey}`) {
			return { status: 401, body: { error: { message: 'Incorrect API key provided' } } };
		}
		const { model, messages, tools = [], stream } = JSON.parse(body.toString()) as Completion;
		if (stream) return undefined; // nobody has asked for that yet
		this.tools = tools.map((tool) => tool.function);
		const last = messages.at(-1);
		if (last?.role !== 'tool') return completion(model, this.call());
		const answers = messages.filter(({ role }) => role === 'tool').map(textOf);
		this.toolAnswers.push(...answers);
		return completion(model, { content: `It says: ${answers.join(' ')}` }, 'stop');
	}

	private call() {
		const name = this.tools[0]?.name;
		const calls = this.calls.map((one) => ({
			id: `call_${randomUUID()}`,
			type: 'function',
			function: { name, arguments: JSON.stringify(one) },
		}));
		return { content: null, tool_calls: calls };
	}
}

function textOf({ content }: Message): string {
	return typeof content === 'string' ? content : JSON.stringify(content);
}

function completion(model: string, message: object, reason = 'tool_calls'): WorldAnswer {
	const choice = { index: 0, message: { role: 'assistant', ...message }, finish_reason: reason };
	return {
		body: {
			id: `chatcmpl-${randomUUID()}`,
			object: 'chat.completion',
			created: Math.floor(Date.now() / 1000),
			model,
			choices: [choice],
			usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
		},
	};
}
