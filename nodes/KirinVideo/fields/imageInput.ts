import type { IBinaryData } from 'n8n-workflow';
import { TimedOut, within } from '../api/deadline';
import { inputError } from '../api/taskError';
import type { Place } from '../batch/item';
import { type TaskRequest, checkConditionsOf } from '../request/buildRequest';
import { checkImageHeader, checkImageSize } from '../request/checkImage';
import { type HeaderProblem, type ImageHeader, readImageHeader } from '../request/imageHeader';
import { type ImageLimits, findModel } from '../request/models';
import {
	type Field,
	type ImageParameter,
	type ReadParameter,
	imageSourceFields,
} from '../request/parameters';
import type { RequestImages } from '../request/requestImages';
import { isHttpUrl, readChoiceOf, show } from '../request/values';
import { type ImageFields, imageFieldsOf } from './imageFields';

/** What the user gave as an image → what is sent of it; checked, but not kept. */

/** Images of a run that are in memory at once: with their Base64 forms some 40 MB each. */
const MAX_IMAGES = 4;

/** How long reading an image from n8n's store may take, in milliseconds. */
const STORE_TIMEOUT_MS = 60_000;

/** A header is not longer, whatever the file says of itself. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

/** What of an image is fetched at a time, until its header is complete. */
const CHUNK_BYTES = 256 * 1024;

/**
 * A request with the images of its item. Of a file no more than the header is read until it is sent.
 *
 * @throws TaskError that names the field, the limit and what the image has
 * @throws Stopped when the user presses Stop
 */
export async function addImages(
	request: TaskRequest,
	read: ReadParameter,
	place: Place,
): Promise<TaskRequest> {
	// Of a model that the catalogue does not know, only the service knows what it takes.
	const rules = findModel(request.model.id)?.images;
	const sources = readSources(read);
	if (rules && sources.image_tail !== 'none') {
		checkConditionsOf(imageFieldsOf.image_tail.label, rules.tailOnlyWith, request.params);
	}
	const params = { ...request.params };
	const files: RequestImages['files'] = {};
	for (const [parameter, source] of Object.entries(sources) as Array<[ImageParameter, Source]>) {
		if (source === 'none') continue;
		const image = await readImage(read, place, imageFieldsOf[parameter], source, rules?.limits);
		if (typeof image === 'string') params[parameter] = image;
		else files[parameter] = image;
	}
	const images = { files, inLine: lineOf(place) };
	return { ...request, params, ...(Object.keys(files).length > 0 && { images }) };
}

type Source = 'binary' | 'url' | 'base64' | 'none';

function readSources(read: ReadParameter): Record<ImageParameter, Source> {
	return {
		image: readChoiceOf(read, imageSourceFields.image, ['binary', 'url', 'base64']),
		image_tail: readChoiceOf(read, imageSourceFields.image_tail, [
			'none',
			'binary',
			'url',
			'base64',
		]),
	};
}

/** Only so many images of a run are in memory at once. */
function lineOf({ run: { images: line }, functions }: Place): RequestImages['inLine'] {
	const signal = functions.getExecutionCancelSignal();
	return async (act) => {
		await line.enter({ limit: MAX_IMAGES, signal });
		try {
			return await act();
		} finally {
			line.leave();
		}
	};
}

/** An address, or how to read the file. */
async function readImage(
	read: ReadParameter,
	place: Place,
	fields: ImageFields,
	source: 'binary' | 'url' | 'base64',
	limits: ImageLimits | undefined,
): Promise<string | (() => Promise<Buffer>)> {
	switch (source) {
		case 'url':
			return readUrl(read, fields.url);
		case 'base64': {
			const { path, label } = fields.base64;
			const decode = () => decodeBase64(label, read(path, ''));
			checkBytes(fields.label, decode(), limits);
			// Decoded again when it is sent: the item holds the text in any case.
			return async () => await Promise.resolve(decode());
		}
		case 'binary': {
			const name = read(fields.binary.path, 'data');
			const file = binaryOf(place, fields.binary, name);
			await lineOf(place)(async () => await checkFile(place, fields.label, file, limits));
			return async () =>
				await inTime(
					place,
					fields.label,
					async () => await place.functions.helpers.getBinaryDataBuffer(name as string),
				);
		}
	}
}

/** The service fetches it, and says itself what it does not like about it. */
function readUrl(read: ReadParameter, { path, label }: Field): string {
	const value = read(path, '');
	if (isHttpUrl(value)) return value;
	throw inputError(
		label,
		`must be a URL that starts with http:// or https://, but is ${show(value)}`,
	);
}

/** What of a text that may be megabytes long is looked at for an error, in characters. */
const MAX_SHOWN_CHARACTERS = 100;

function decodeBase64(label: string, value: unknown): Buffer {
	// Line breaks and the URL-safe alphabet are forgiven, since it is written anew for the service.
	const bare = String(value)
		.replaceAll(/\s/g, '')
		.replace(/^data:[^,]{0,100},/i, '');
	// A stray character is looked for: a pattern that takes in all of 10 MB overflows its stack.
	const isBase64 = bare !== '' && !/[^\w+/-]/.test(bare.replace(/={1,2}$/, ''));
	if (typeof value === 'string' && isBase64) return Buffer.from(bare, 'base64');
	const shown = typeof value === 'string' ? value.slice(0, MAX_SHOWN_CHARACTERS) : value;
	throw inputError(label, `must be an image as Base64 text, but is ${show(shown)}`);
}

function binaryOf({ functions }: Place, { label }: Field, name: unknown): IBinaryData {
	try {
		return functions.helpers.assertBinaryData(name as string);
	} catch {
		const names = Object.keys(functions.getInputData().binary ?? {});
		throw inputError(
			label,
			`must be a binary field of the item, which has ${names.join(', ') || 'none'}, but is ${show(name)}`,
		);
	}
}

async function checkFile(
	place: Place,
	label: string,
	file: IBinaryData,
	limits: ImageLimits | undefined,
): Promise<void> {
	const { id } = file;
	const { helpers } = place.functions;
	// n8n keeps files in memory, where it is set up to.
	if (id === undefined) return checkBytes(label, Buffer.from(file.data, 'base64'), limits);
	if (!limits) return;
	const header = await inTime(place, label, async () => {
		checkImageSize(label, file.bytes ?? (await helpers.getBinaryMetadata(id)).fileSize, limits);
		const stream = await helpers.getBinaryStream(id, CHUNK_BYTES);
		return await headerIn(stream as AsyncIterable<Buffer>);
	});
	checkImageHeader(label, header, limits);
}

/** n8n's store of binary data may be another machine, which may not answer. */
async function inTime<T>({ functions }: Place, label: string, act: () => Promise<T>): Promise<T> {
	return await within(STORE_TIMEOUT_MS, functions.getExecutionCancelSignal(), act).catch(
		(error: unknown) => {
			if (!(error instanceof TimedOut)) throw error;
			throw inputError(label, "could not be read: n8n's store of binary data gave nothing in time");
		},
	);
}

function checkBytes(label: string, bytes: Buffer, limits: ImageLimits | undefined): void {
	if (!limits) return;
	checkImageSize(label, bytes.length, limits);
	checkImageHeader(label, readImageHeader(bytes), limits);
}

/** Leaves off as soon as the header is there; that closes the stream. */
async function headerIn(stream: AsyncIterable<Buffer>): Promise<ImageHeader | HeaderProblem> {
	let bytes = Buffer.alloc(0);
	for await (const chunk of stream) {
		bytes = Buffer.concat([bytes, chunk]);
		const header = readImageHeader(bytes);
		if (header !== 'incomplete' || bytes.length > MAX_HEADER_BYTES) return header;
	}
	return 'incomplete';
}
