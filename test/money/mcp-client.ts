/** A client of the Model Context Protocol (Streamable HTTP), as much of it as a call of a tool takes. */
import type { Case } from './case';

const VERSION = '2025-03-26';

export class McpClient {
	private ids = 0;
	private session = '';

	private constructor(private readonly url: string) {}

	/** Opens a session once the server listens. */
	static async open(url: string, scenario: Case): Promise<McpClient> {
		const client = new McpClient(url);
		await scenario.until(async () => await client.begin(), 'the MCP server listens');
		await client.send({ method: 'notifications/initialized' });
		return client;
	}

	/** @returns all that the tool has answered, as text */
	async callTool(name: string, args: object): Promise<string> {
		const answer = await this.call('tools/call', { name, arguments: args });
		return JSON.stringify(answer).replaceAll('\\', '');
	}

	private async begin(): Promise<boolean> {
		const params = {
			protocolVersion: VERSION,
			capabilities: {},
			clientInfo: { name: 'test', version: '1' },
		};
		const answer = await this.send({ id: this.ids++, method: 'initialize', params });
		await answer.text();
		this.session = answer.headers.get('mcp-session-id') ?? '';
		return answer.ok;
	}

	private async call(method: string, params: object): Promise<unknown> {
		const id = this.ids++;
		const answer = await this.send({ id, method, params });
		const text = await answer.text();
		if (!answer.ok) throw new Error(`The MCP server answers ${answer.status}: ${text}`);
		for (const message of messagesIn(text)) if (message.id === id) return message;
		throw new Error(`The MCP server answers without a result: ${text}`);
	}

	private async send(message: object): Promise<Response> {
		return await fetch(this.url, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				accept: 'application/json, text/event-stream',
				...(this.session !== '' && { 'mcp-session-id': this.session }),
			},
			body: JSON.stringify({ jsonrpc: '2.0', ...message }),
		});
	}
}

/** The messages of a JSON answer, or of an event stream. */
function messagesIn(text: string): Array<{ id?: number }> {
	const lines = text.split('\n').filter((line) => line.startsWith('data:'));
	const bodies = lines.length > 0 ? lines.map((line) => line.slice('data:'.length)) : [text];
	return bodies.flatMap((body) => JSON.parse(body) as { id?: number });
}
