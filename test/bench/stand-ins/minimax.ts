/** MiniMax's video API (v2, of the node's default model) as far as n8n's node uses it. */
import { RenderService } from './render-service';

interface CreateBody {
	content?: Array<{ type: string; text?: string }>;
}

/** Its base URL for n8n's credential is `url` with `/v1` behind it, whatever the version called. */
export async function startMiniMax(): Promise<RenderService> {
	return await new RenderService('', ({ method, path, body, origin }, service) => {
		if (method === 'POST' && path === '/v2/video_generation') {
			const { content = [] } = JSON.parse(body) as CreateBody;
			const { id } = service.submit(content.map(({ text = '' }) => text).join(' '));
			return { task_id: id };
		}
		const [, id = ''] = /^\/v2\/query\/video_generation\/(\w+)$/.exec(path) ?? [];
		if (id) {
			const seen = service.poll(id, 'get');
			if (!seen?.done) return seen && { task: { id, status: 'running' } };
			return { task: { id, status: 'succeeded', content: { url: `${origin}/files/${id}.mp4` } } };
		}
		const [, file = ''] = /^\/files\/(\w+)\.mp4$/.exec(path) ?? [];
		return file && service.poll(file, 'download')?.done ? 'video' : undefined;
	}).start();
}
