import type { INodeProperties } from 'n8n-workflow';
import { generate } from './generate';
import { generateAndResumeOnCallback } from './generateAndResumeOnCallback';
import { imageToVideo } from './imageToVideo';

const showOnlyForVideo = { resource: ['video'] };

export const videoDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: showOnlyForVideo },
		options: [generate, generateAndResumeOnCallback, imageToVideo],
		default: 'generate',
	},
];
