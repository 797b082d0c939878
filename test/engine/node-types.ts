import { DirectoryLoader, RoutingNode } from 'n8n-core';
import {
	NodeHelpers,
	type IExecuteFunctions,
	type INodeType,
	type INodeTypes,
	type IVersionedNodeType,
} from 'n8n-workflow';
import { userFolder } from './user-folder';
import { harnessNodes } from './harness-nodes';
import { toolFrom } from './tool-type';

export const PACKAGE_NAME = 'n8n-nodes-kirin-video';

/** Node types under test, as an array or by their full names (`n8n-nodes-kirin-video.kirinVideo`). */
export type NodesUnderTest = INodeType[] | Record<string, INodeType>;

/**
 * n8n's loader, given instances instead of files, so that a node gets here what it gets at load:
 * the Request Options of declarative nodes, the parameters of polling nodes, and the checks.
 */
class InstanceLoader extends DirectoryLoader {
	readonly packageName = PACKAGE_NAME;

	constructor() {
		super(userFolder);
	}

	async loadAll() {}

	load(nodeType: INodeType): INodeType {
		// The loader adds to the description. Nodes share their property lists between instances, and
		// n8n loads a class once: without a copy the additions would pile up from test to test.
		const { description } = nodeType;
		const loaded = Object.create(nodeType, {
			description: {
				value: { ...description, properties: [...description.properties] },
				writable: true,
			},
		}) as INodeType;
		Object.assign(this, { loadClass: () => loaded });
		this.loadNodeFromFile(`dist/nodes/${description.name}.node.js`, '0.0.0');
		return loaded;
	}
}

function runsThroughRouting(nodeType: INodeType): boolean {
	const isDeclarative = nodeType.description.requestDefaults !== undefined;
	return (
		!nodeType.execute &&
		!nodeType.supplyData &&
		!nodeType.poll &&
		!nodeType.trigger &&
		(!nodeType.webhook || isDeclarative) &&
		(!nodeType.methods || isDeclarative)
	);
}

/** What a server's `NodeTypes` does: finds a type by name and makes declarative nodes executable. */
export class EngineNodeTypes implements INodeTypes {
	private readonly types = new Map<string, INodeType>(Object.entries(harnessNodes));

	private readonly tools = new Map<string, INodeType>();

	constructor(nodes: NodesUnderTest) {
		const loader = new InstanceLoader();
		const named = Array.isArray(nodes)
			? nodes.map((node) => [`${PACKAGE_NAME}.${node.description.name}`, node] as const)
			: Object.entries(nodes);
		for (const [name, node] of named) this.types.set(name, loader.load(node));
	}

	getByName(name: string): INodeType | IVersionedNodeType {
		const nodeType = this.types.get(name);
		if (!nodeType) throw new Error(`The engine harness does not know the node type "${name}"`);
		return nodeType;
	}

	getByNameAndVersion(name: string, version?: number): INodeType {
		const isTool = name.endsWith('Tool') && !this.types.has(name);
		const baseName = isTool ? name.slice(0, -'Tool'.length) : name;
		const nodeType = NodeHelpers.getVersionedNodeType(this.getByName(baseName), version);
		if (runsThroughRouting(nodeType)) {
			nodeType.execute = async function (this: IExecuteFunctions) {
				return (await new RoutingNode(this as never, nodeType).runNode()) ?? [];
			};
		}
		if (!isTool) return nodeType;
		const tool = this.tools.get(name) ?? toolFrom(nodeType);
		this.tools.set(name, tool);
		return tool;
	}

	getKnownTypes() {
		return {};
	}
}
