/** OpenAI's video API as far as n8n's node uses it: create, poll, fetch the content. */
import { RenderService } from './render-service';

/** The part of a form that holds the prompt, up to the next boundary. */
const PROMPT_PART = /name="prompt"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n([\s\S]*?)\r\n--/;

/** Its base URL for n8n's credential is `url` with `/v1` behind it. */
export async function startOpenAi(): Promise<RenderService> {
	return await new RenderService('video_', ({ method, path, body }, service) => {
		if (method === 'POST' && path === '/v1/videos') {
			const { id } = service.submit(PROMPT_PART.exec(body)?.[1] ?? '');
			return { id, object: 'video', status: 'queued', progress: 0 };
		}
		const [, id = '', content] = /^\/v1\/videos\/(\w+)(\/content)?$/.exec(path) ?? [];
		const seen = id ? service.poll(id, content ? 'download' : 'get') : undefined;
		if (content) return seen?.done ? 'video' : undefined;
		return seen && { id, object: 'video', status: seen.done ? 'completed' : 'in_progress' };
	}).start();
}
