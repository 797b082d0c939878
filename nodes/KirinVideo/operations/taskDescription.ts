import type { INodeProperties } from 'n8n-workflow';
import { taskIdField } from '../fields/taskId';
import { estimateCost } from './estimateCost';
import { get } from './get';
import { submit } from './submit';
import { wait } from './wait';

const showOnlyForTask = { resource: ['task'] };

export const taskDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: showOnlyForTask },
		options: [estimateCost, get, submit, wait],
		default: 'submit',
	},
	taskIdField,
];
