import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { hashAll, processName } from './hash-of-binary';

/** Reads the same files in the process that runs the execution, and puts out what both have seen. */
export class ReadOnWorker implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Read on Worker',
		name: 'readOnWorker',
		group: ['transform'],
		version: 1,
		description: 'Reads stored files where executions run',
		defaults: { name: 'Read on Worker' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { ids, seen } = this.getInputData()[0]?.json as { ids: string[]; seen: IDataObject };
		const hashes = await hashAll(this, ids);
		return [[{ json: { seen: { ...seen, [processName()]: hashes } } }]];
	}
}
