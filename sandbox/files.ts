/** The files server: another origin than the API, open to all, where results lie. */
import { html, Slice, type Answer } from './answer';
import { sizedVideo, testVideo, type Media } from './media';
import { errorPage } from './bodies';
import type { Exchange, Reply, Role } from './server';
import type { Service } from './service';
import type { SandboxTask } from './task';

const RESULT_PATH = /^\/results\/([0-9a-v]{18,20})\/(video|video-[2-9]|watermark)\.mp4$/;

export function filesRole(service: Service): Role {
	return {
		name: 'files',
		kindOf: (_method, path) => (path.startsWith('/results/') ? 'download' : 'other'),
		reply: (exchange) => reply(service, exchange),
	};
}

function reply(service: Service, exchange: Exchange): Reply {
	const [, id = '', name] = RESULT_PATH.exec(exchange.path) ?? [];
	const task = service.findById(id);
	if (task) service.ledger.assign(exchange.record, task.id);
	const fault =
		exchange.record.kind === 'download' ? service.fault('download', {}, task) : undefined;
	const answer = result(service, exchange, task, `${name}.mp4`);
	return fault ? { answer, fault } : { answer };
}

function result(
	service: Service,
	exchange: Exchange,
	task: SandboxTask | undefined,
	file: string,
): Answer {
	const { method, headers } = exchange.request;
	if (method !== 'GET' && method !== 'HEAD') return page(405, 'Method Not Allowed');
	if (task === undefined || !task.files.includes(file)) return gone();
	if (service.now() < task.endsAt || task.outcome === 'failed') return gone();
	if (task.wishes.noOutput) return gone();
	const { late = service.settings.late, expires = service.settings.expires } = task.wishes;
	if (task.wishes.expired !== undefined) return gone(task.wishes.expired);
	const sinceFirst = service.sinceFirstDownload(exchange.path);
	if (late && sinceFirst < late.ms) {
		return late.status === 202 ? page(202, 'Not published yet') : gone();
	}
	if (expires && service.now() - task.endsAt >= expires.ms) {
		return gone(expires.status ?? 403);
	}
	return part(mediaOf(service, task, file), headers.range);
}

function mediaOf(service: Service, task: SandboxTask, file: string): Media {
	const kind = file === 'watermark.mp4' ? 'watermark' : 'plain';
	const bytes = task.wishes.videoBytes ?? service.settings.videoBytes;
	return bytes === undefined
		? testVideo(task.aspectRatio, task.seconds, kind)
		: sizedVideo(task.aspectRatio, task.seconds, kind, bytes);
}

/** The whole file, or the one part that a Range header asks for (RFC 9110, section 14). */
function part(media: Media, range: string | undefined): Answer {
	const { size } = media;
	const whole: Answer = {
		status: 200,
		type: 'video/mp4',
		body: new Slice(media, 0, size),
		headers: { 'accept-ranges': 'bytes' },
	};
	const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
	if (from === undefined || to === undefined || from + to === '') return whole;
	const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
	const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
	if (from !== '' && to !== '' && Number(to) < Number(from)) return whole;
	if (start >= size) {
		const headers = { 'content-range': `bytes */${size}` };
		return { ...page(416, 'Range Not Satisfiable'), headers };
	}
	return {
		...whole,
		status: 206,
		body: new Slice(media, start, end),
		headers: { ...whole.headers, 'content-range': `bytes ${start}-${end - 1}/${size}` },
	};
}

function gone(status: 403 | 404 | 410 = 404): Answer {
	return page(status, status === 404 ? 'No such file' : 'Request has expired');
}

function page(status: number, words: string): Answer {
	return html(status, errorPage(status, words));
}
