import type { IBinaryData } from 'n8n-workflow';
import { TimedOut, within } from '../../api/deadline';
import { inputError } from '../../api/taskError';
import type { ItemContext } from '../../batch/item';
import { type TaskRequest, checkConditionsOf } from '../../request/buildRequest';
import { checkImageHeader, checkImageSize } from '../../request/checkImage';
import { type HeaderProblem, type ImageHeader, readImageHeader } from '../../request/imageHeader';
import { type ImageLimits, type ImageRules, findModel } from '../../request/models';
import { type Field, type ReadParameter, imageSourceFields } from '../../request/parameters';
import { type ReadImage, type RequestImages, imageList } from '../../request/requestImages';
import { checkHttpUrl, isEmpty, readChoiceOf, show } from '../../request/values';
import { type ImageFields, imageFieldsOf, referenceFields } from './imageFields';

/** Reads and checks the images of an item. */

/** Items of a batch whose images are in memory at once: some 40 MB an image, with its Base64 form. */
const MAX_IMAGES = 4;

/** How long reading an image from n8n's store may take, in milliseconds. */
const STORE_TIMEOUT_MS = 60_000;

/** A header is not longer, whatever the file says of itself. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

/** Bytes that are read at a time, until the header is complete. */
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
	context: ItemContext,
): Promise<TaskRequest> {
	// Of a model that the catalogue does not know, only the service knows what it takes.
	const rules = findModel(request.model.id)?.images;
	const given: Record<string, Image | Image[]> = rules?.image_list
		? { image_list: await readImageList(read, context, rules.image_list) }
		: await readFirstAndLast(read, context, rules, request.params);
	const params = { ...request.params };
	const files: RequestImages['files'] = {};
	for (const [parameter, image] of Object.entries(given)) {
		if (typeof image === 'string') params[parameter] = image;
		else if (Array.isArray(image) && areAddresses(image)) params[parameter] = imageList(image);
		else files[parameter] = image as ReadImage | ReadImage[];
	}
	const images = { files, withLimit: limitOf(context) };
	return { ...request, params, ...(Object.keys(files).length > 0 && { images }) };
}

/** An address, or how to read the file. */
type Image = string | ReadImage;

function areAddresses(images: Image[]): images is string[] {
	return images.every((image) => typeof image === 'string');
}

type Source = 'binary' | 'url' | 'base64';

/** The first and the last image, those of them that there are. */
async function readFirstAndLast(
	read: ReadParameter,
	context: ItemContext,
	rules: ImageRules | undefined,
	params: TaskRequest['params'],
): Promise<Record<string, Image>> {
	const { image, image_tail: tail } = readSources(read, rules);
	checkTogether(image, tail, rules, params);
	const images: Record<string, Image> = {};
	if (image !== 'none') {
		images.image = await readImage(read, context, imageFieldsOf.image, image, rules?.image?.limits);
	}
	if (tail !== 'none') {
		const { limits } = rules?.image_tail ?? {};
		images.image_tail = await readImage(read, context, imageFieldsOf.image_tail, tail, limits);
	}
	return images;
}

function readSources(read: ReadParameter, rules: ImageRules | undefined) {
	const { image, image_tail: tail } = imageSourceFields;
	const isOptional = !rules?.image?.isRequired;
	return {
		image: readChoiceOf<Source | 'none'>(
			read,
			image,
			isOptional ? ['binary', 'url', 'base64', 'none'] : ['binary', 'url', 'base64'],
		),
		image_tail: readChoiceOf<Source | 'none'>(read, tail, ['none', 'binary', 'url', 'base64']),
	};
}

/** Which images a model takes together, and with what else. */
function checkTogether(
	image: Source | 'none',
	tail: Source | 'none',
	rules: ImageRules | undefined,
	params: TaskRequest['params'],
): void {
	const first = imageFieldsOf.image;
	const last = imageFieldsOf.image_tail;
	if (rules && tail !== 'none') {
		if (!rules.image_tail) {
			throw inputError(last.source.label, 'must be none: the model takes no image to end with');
		}
		const { besideImage, alone } = rules.image_tail;
		const conditions = image === 'none' ? alone : besideImage;
		checkConditionsOf(last.label, conditions ?? {}, params);
	}
	if (rules && image === 'none' && tail === 'none') {
		throw inputError(first.source.label, `may only be none where there is a ${last.label}`);
	}
	if (image === 'none' || tail === 'none' || (image === 'url') === (tail === 'url')) return;
	const [address, file] = image === 'url' ? [first, last] : [last, first];
	throw inputError(
		`${first.source.label} and ${last.source.label}`,
		`must be both a URL or both a file, as the service wants it, but ${address.label} is a URL and ${file.label} is a file`,
	);
}

/** Reference images: their names or addresses, from a text with commas or from a list. */
async function readImageList(
	read: ReadParameter,
	context: ItemContext,
	{ limits, most }: NonNullable<ImageRules['image_list']>,
): Promise<Image[]> {
	const source = readChoiceOf(read, referenceFields.source, ['binary', 'url']);
	const field = referenceFields[source];
	const names = listIn(read(field.path, source === 'binary' ? 'data' : ''), source);
	if (names.length === 0 || names.length > most) {
		throw inputError(
			field.label,
			`must be 1 to ${most} images, but ${names.length === 1 ? 'is' : 'are'} ${names.length}`,
		);
	}
	const images: Image[] = [];
	for (const [index, name] of names.entries()) {
		const label = `${referenceFields.label} ${index + 1}`;
		images.push(
			source === 'url'
				? checkHttpUrl(field.label, name)
				: await readFile(context, field, label, name, limits),
		);
	}
	return images;
}

/** An address may have commas of its own, so that only one in front of another address ends it. */
function listIn(value: unknown, source: 'binary' | 'url'): unknown[] {
	if (Array.isArray(value)) return value;
	if (typeof value !== 'string') return isEmpty(value) ? [] : [value];
	const separator = source === 'url' ? /[\s,]+(?=https?:\/\/)/i : /,/;
	return value
		.split(separator)
		.map((part) => part.trim())
		.filter((part) => part !== '');
}

/** Only so many images of a run are in memory at once. */
function limitOf({
	batch: { images: limiter },
	functions,
}: ItemContext): RequestImages['withLimit'] {
	const signal = functions.getExecutionCancelSignal();
	return async (act) => await limiter.run({ limit: MAX_IMAGES, signal }, act);
}

async function readImage(
	read: ReadParameter,
	context: ItemContext,
	fields: ImageFields,
	source: Source,
	limits: ImageLimits | undefined,
): Promise<Image> {
	switch (source) {
		case 'url':
			// The service fetches it, and says itself what it does not like about it.
			return checkHttpUrl(fields.url.label, read(fields.url.path, ''));
		case 'base64': {
			const { path, label } = fields.base64;
			const decode = () => decodeBase64(label, read(path, ''));
			checkBytes(fields.label, decode(), limits);
			// Decoded again when it is sent: the item holds the text in any case.
			return async () => await Promise.resolve(decode());
		}
		case 'binary':
			return await readFile(
				context,
				fields.binary,
				fields.label,
				read(fields.binary.path, 'data'),
				limits,
			);
	}
}

/** Checks a file of the item by its header; its bytes are read when it is sent. */
async function readFile(
	context: ItemContext,
	field: Field,
	label: string,
	name: unknown,
	limits: ImageLimits | undefined,
): Promise<ReadImage> {
	const file = binaryOf(context, field, name);
	await limitOf(context)(async () => await checkFile(context, label, file, limits));
	const { helpers } = context.functions;
	return async () =>
		await inTime(context, label, async () => await helpers.getBinaryDataBuffer(name as string));
}

/** How much of a text, which may have megabytes, an error shows. In characters. */
const MAX_SHOWN_CHARACTERS = 100;

function decodeBase64(label: string, value: unknown): Buffer {
	// Line breaks and the URL-safe alphabet are forgiven, since it is written anew for the service.
	const bare = String(value)
		.replaceAll(/\s/g, '')
		.replace(/^data:[^,]{0,100},/i, '');
	// Searches for a wrong character, because a pattern that matches all of 10 MB overflows its stack.
	const isBase64 = bare !== '' && !/[^\w+/-]/.test(bare.replace(/={1,2}$/, ''));
	const bytes = isBase64 ? Buffer.from(bare, 'base64') : undefined;
	// A single character spells no byte.
	if (typeof value === 'string' && bytes?.length) return bytes;
	const shown = typeof value === 'string' ? value.slice(0, MAX_SHOWN_CHARACTERS) : value;
	throw inputError(label, `must be an image as Base64 text, but is ${show(shown)}`);
}

function binaryOf({ functions }: ItemContext, { label }: Field, name: unknown): IBinaryData {
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
	context: ItemContext,
	label: string,
	file: IBinaryData,
	limits: ImageLimits | undefined,
): Promise<void> {
	const { id } = file;
	const { helpers } = context.functions;
	// n8n keeps files in memory, where it is set up to.
	if (id === undefined) return checkBytes(label, Buffer.from(file.data, 'base64'), limits);
	if (!limits) return;
	const header = await inTime(context, label, async () => {
		checkImageSize(label, file.bytes ?? (await helpers.getBinaryMetadata(id)).fileSize, limits);
		const stream = await helpers.getBinaryStream(id, CHUNK_BYTES);
		return await headerIn(stream as AsyncIterable<Buffer>);
	});
	checkImageHeader(label, header, limits);
}

/** n8n's store of binary data may be another machine, which may not answer. */
async function inTime<T>(
	{ functions }: ItemContext,
	label: string,
	act: () => Promise<T>,
): Promise<T> {
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
