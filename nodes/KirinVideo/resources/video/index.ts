import type { INodeProperties } from 'n8n-workflow';
import { generate } from './generate';
import { imageToVideo } from './imageToVideo';

const showOnlyForVideo = { resource: ['video'] };

export const videoDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: showOnlyForVideo },
		options: [generate, imageToVideo],
		default: 'generate',
	},
];
