/** n8n's own video nodes, as they come with n8n and with their defaults. */
import type { Contender, ContenderId } from './contender';
import type { RenderService } from './stand-ins/render-service';
import { startMiniMax } from './stand-ins/minimax';
import { startOpenAi } from './stand-ins/openai';

const API_KEY = 'stand-in-key';

function peer(
	id: ContenderId,
	title: string,
	credentialType: string,
	start: () => Promise<RenderService>,
	node: { type: string; typeVersion: number; parameters: object },
): Contender {
	return {
		id,
		title,
		async startService() {
			const service = await start();
			return {
				witness: service,
				credential: {
					type: credentialType,
					data: { apiKey: API_KEY, url: `${service.url}/v1` },
				},
				chain: (credentials) => ({ nodes: [{ name: title, ...node, credentials }] }),
			};
		},
	};
}

export const openAi = peer('openai', "n8n's OpenAI node", 'openAiApi', startOpenAi, {
	type: '@n8n/n8n-nodes-langchain.openAi',
	typeVersion: 2.3,
	parameters: {
		resource: 'video',
		operation: 'generate',
		modelId: { __rl: true, mode: 'id', value: 'sora-2' },
		prompt: '={{ $json.prompt }}',
		seconds: 4,
		size: '1280x720',
		options: {},
	},
});

export const miniMax = peer('minimax', "n8n's MiniMax node", 'minimaxApi', startMiniMax, {
	type: '@n8n/n8n-nodes-langchain.minimax',
	typeVersion: 1.2,
	parameters: {
		resource: 'video',
		operation: 'textToVideo',
		modelId: 'MiniMax-H3',
		prompt: '={{ $json.prompt }}',
		h3Duration: 5,
		h3Resolution: '768P',
		ratio: '16:9',
		downloadVideo: true,
	},
});
