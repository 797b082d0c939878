/** The example workflow of the demo, and what a run of it leaves behind. */
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Child } from './child';

const EXAMPLE = join(__dirname, '..', 'examples', 'first-video.json');
const NODE_TYPE = 'n8n-nodes-kirin-video.kirinVideo';
const CREDENTIAL_TYPE = 'kirinVideoApi';

interface ExampleNode {
	name: string;
	type: string;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
}

interface Example {
	id: string;
	name: string;
	nodes: ExampleNode[];
}

/** n8n's item as far as the demo reads it. */
export interface OutputItem {
	json: Record<string, unknown>;
	binary?: Record<string, { id?: string; fileName?: string; mimeType?: string; fileSize?: string }>;
}

interface N8nError {
	message?: string;
	description?: string | null;
}

/** The data of an execution as `n8n execute --rawOutput` prints it. */
interface Execution {
	data: {
		resultData: {
			error?: N8nError;
			runData: Record<string, Array<{ data?: { main?: Array<OutputItem[] | null> } }>>;
		};
	};
}

const example = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as Example;
const videoNode = example.nodes.find((node) => node.type === NODE_TYPE);
if (!videoNode) throw new Error(`${EXAMPLE} has no ${NODE_TYPE} node.`);
const { parameters } = videoNode;

export const firstVideo = {
	workflow: example,
	prompt: String(parameters.prompt),
	model: String(parameters.model),
	/** What the finished video must look like. */
	requestedSeconds: Number(parameters.duration),
	requestedRatio: String(parameters.aspectRatio),
	binaryField: String(parameters.binaryPropertyName),
};

/** The credential that the example asks for, filled in for the sandbox. */
export function credentialFor(sandbox: { apiKey: string; apiUrl: string }) {
	const reference = videoNode?.credentials?.[CREDENTIAL_TYPE];
	if (!reference) throw new Error(`The example names no ${CREDENTIAL_TYPE} credential.`);
	return {
		...reference,
		type: CREDENTIAL_TYPE,
		data: { apiKey: sandbox.apiKey, baseUrl: sandbox.apiUrl },
	};
}

/**
 * Reads the one item that the example's run put out.
 * @throws what n8n said when the run failed or put out something else.
 */
export async function readItem(executed: Child): Promise<OutputItem> {
	const { code } = await executed.ended;
	const execution = findExecution(executed.stdout());
	const error = execution?.data.resultData.error;
	if (error) {
		throw new Error(
			['The workflow failed in n8n:', error.message, error.description].filter(Boolean).join('\n'),
		);
	}
	const name = videoNode?.name ?? '';
	const items = execution?.data.resultData.runData[name]?.[0]?.data?.main?.[0] ?? [];
	const [item] = items;
	if (!item || items.length !== 1) {
		throw new Error(
			`n8n ended with exit code ${code ?? 'none'} and ${items.length} items of "${name}". It said:\n${executed.tail()}`,
		);
	}
	return item;
}

/** n8n prints the execution as indented JSON, with log lines around it. */
function findExecution(output: string): Execution | undefined {
	const start = output.search(/^\{$/m);
	const end = output.lastIndexOf('\n}');
	if (start < 0 || end < start) return undefined;
	try {
		return JSON.parse(output.slice(start, end + 2)) as Execution;
	} catch {
		return undefined;
	}
}

/** Copies an item's video out of n8n's binary store. */
export async function saveVideo(
	item: OutputItem,
	from: { userFolder: string },
	to: { folder: string },
): Promise<string> {
	const binary = item.binary?.[firstVideo.binaryField];
	if (!binary?.id)
		throw new Error(`The item has no file in its field "${firstVideo.binaryField}".`);
	// The identifier is `<kind of store>:<path>`; the last part of the path is the file's name, unique.
	const storedName = binary.id.split(/[:/]/).pop() ?? '';
	const files = await readdir(from.userFolder, { recursive: true });
	const stored = files.find((file) => file.endsWith(storedName));
	if (!stored) throw new Error(`n8n's binary store has no ${binary.id}.`);
	await mkdir(to.folder, { recursive: true });
	const saved = join(to.folder, 'first-video.mp4');
	await copyFile(join(from.userFolder, stored), saved);
	return saved;
}
