import type { INodeProperties } from 'n8n-workflow';
import { generate } from './generate';

const showOnlyForVideo = { resource: ['video'] };

export const videoDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: showOnlyForVideo },
		options: [generate],
		default: 'generate',
	},
];
