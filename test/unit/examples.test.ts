import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeHelpers, type INode, type INodeType } from 'n8n-workflow';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';
import { toolFrom } from '../engine/tool-type';
import { NOTE, examples, type Example } from './example-files';

const types: Record<string, INodeType> = {
	'n8n-nodes-kirin-video.kirinVideo': new KirinVideo(),
	'n8n-nodes-kirin-video.kirinVideoTool': toolFrom(new KirinVideo()),
	'n8n-nodes-kirin-video.kirinVideoTrigger': new KirinVideoTrigger(),
};

/** Nodes of n8n in versions that both n8n 2.0 and 2.41 have, as their own descriptions say. */
const NODES_OF_N8N = [
	'n8n-nodes-base.manualTrigger 1',
	'n8n-nodes-base.stickyNote 1',
	'n8n-nodes-base.noOp 1',
	'n8n-nodes-base.set 3.4',
	'n8n-nodes-base.splitOut 1',
	'n8n-nodes-base.if 2.2',
	'n8n-nodes-base.wait 1.1',
	'n8n-nodes-base.googleDrive 3',
	'n8n-nodes-base.slack 2.3',
	'@n8n/n8n-nodes-langchain.chatTrigger 1.3',
	'@n8n/n8n-nodes-langchain.agent 3',
	'@n8n/n8n-nodes-langchain.lmChatOpenAi 1.2',
];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

interface Box {
	name: string;
	left: number;
	top: number;
	right: number;
	bottom: number;
}

/** What a node takes on n8n's canvas, in its pixels: an icon, wide for an agent, and its name beneath. */
const NODE_SIZE = { width: 100, height: 140 };
const AGENT_SIZE = { width: 260, height: 140 };

function boxOf({ name, type, position: [left, top], parameters }: INode): Box {
	const { width, height } =
		type === NOTE
			? (parameters as { width: number; height: number })
			: type.endsWith('.agent')
				? AGENT_SIZE
				: NODE_SIZE;
	return { name, left, top, right: left + width, bottom: top + height };
}

function overlap(a: Box, b: Box): boolean {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function notesOf({ nodes }: Example): INode[] {
	return nodes.filter(({ type }) => type === NOTE);
}

/** Both ends of every connection. */
function endsOf({ connections }: Example): string[] {
	return Object.entries(connections).flatMap(([from, outputs]) => [
		from,
		...Object.values(outputs).flatMap((output) =>
			output.flatMap((targets) => (targets ?? []).map(({ node }) => node)),
		),
	]);
}

const ours = examples.flatMap(({ file, nodes }) =>
	nodes.filter(({ type }) => type in types).map((node) => [file, node.name, node] as const),
);

describe('The examples together', () => {
	it('can all be imported into the same n8n', () => {
		const ids = examples.flatMap(({ id, versionId, nodes }) => [
			id,
			versionId,
			...nodes.map((node) => node.id),
		]);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('need one and the same credential for Kirin Video', () => {
		const used = ours.map(([, , { credentials }]) => JSON.stringify(credentials));
		expect([...new Set(used)]).toEqual([
			JSON.stringify({ kirinVideoApi: { id: 'kirinVideoApi001', name: 'Kirin Video account' } }),
		]);
	});

	it('are all linked from the README', () => {
		const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
		const files = examples.map(({ file }) => file);
		expect(files.filter((file) => !readme.includes(`(examples/${file})`))).toEqual([]);
	});
});

describe.each(examples.map((example) => [example.file, example] as const))('%s', (_, example) => {
	it('has the version ID that n8n 2.0 asks for', () => {
		expect(example.versionId).toMatch(UUID);
	});

	it('takes from n8n only what its oldest supported version has', () => {
		const foreign = example.nodes.filter(({ type }) => !(type in types));
		const used = foreign.map(({ type, typeVersion }) => `${type} ${typeVersion}`);
		expect(used.filter((node) => !NODES_OF_N8N.includes(node))).toEqual([]);
	});

	it('connects nodes that are there, and leaves none alone', () => {
		const connected = endsOf(example);
		const names = example.nodes.filter(({ type }) => type !== NOTE).map(({ name }) => name);

		expect(new Set(names).size).toBe(names.length);
		expect(connected.filter((name) => !names.includes(name))).toEqual([]);
		expect(names.filter((name) => !connected.includes(name))).toEqual([]);
	});

	it('is explained by notes that hide nothing', () => {
		const notes = notesOf(example).map(boxOf);
		const others = example.nodes.filter(({ type }) => type !== NOTE).map(boxOf);
		const hidden = notes.flatMap((note, index) =>
			[...others, ...notes.slice(index + 1)]
				.filter((other) => overlap(note, other))
				.map((other) => `"${note.name}" lies over "${other.name}"`),
		);

		expect(notes.length).toBeGreaterThanOrEqual(2);
		expect(hidden).toEqual([]);
	});

	it('holds no credential that is not ours: everybody has their own', () => {
		const foreign = example.nodes.filter(
			({ type, credentials }) => credentials && !(type in types),
		);
		expect(foreign).toEqual([]);
	});
});

describe.each(ours)('In %s, %s', (_file, _name, node) => {
	const { description } = types[node.type] as INodeType;

	it('sets only fields that are there and shown', () => {
		const shown = NodeHelpers.getNodeParameters(
			description.properties,
			node.parameters,
			true,
			false,
			node,
			description,
		);
		expect(shown).toMatchObject(node.parameters);
	});

	it('lacks nothing, and has no value that is not offered', () => {
		const issues = NodeHelpers.getNodeParametersIssues(description.properties, node, description);
		expect(issues).toBeNull();
	});
});
