import type { IDataObject, INodePropertyRouting } from 'n8n-workflow';
import { estimateFor } from '../batch/budget';
import { isAgentTool } from '../batch/item';
import { addImages } from '../fields/images/imageInput';
import { readOutputFormat } from '../fields/outputFields';
import { type OutputFormat, simplifyEstimate } from '../output/itemJson';
import { type TaskRequest, buildRequest } from '../request/buildRequest';
import type { ModelInput } from '../request/models';
import { type ReadParameter, taskFields } from '../request/parameters';
import { estimateFailed } from '../task/errors';
import { perItem } from './perItem';

interface EstimateInput {
	request: TaskRequest;
	format: OutputFormat;
}

/** Ignores options of tasks that are created, which may be left over from another operation. */
function withoutTaskFields(read: ReadParameter): ReadParameter {
	const paths: string[] = Object.values(taskFields).map(({ path }) => path);
	return (path, fallback, options) =>
		paths.includes(path) ? fallback : read(path, fallback, options);
}

/** The price before paying; creates nothing. */
export function estimateCostFrom(input: ModelInput): INodePropertyRouting {
	return perItem<EstimateInput>({
		async check(read, context) {
			const request = buildRequest(withoutTaskFields(read), input);
			return {
				request: input === 'text' ? request : await addImages(request, read, context),
				format: readOutputFormat(read),
			};
		},

		async perform(item, { request, format }) {
			item.batchVideo.warnings = request.warnings;
			const estimated = await estimateFor(item, request);
			if (!('value' in estimated)) {
				throw estimateFailed(estimated.answer, estimated.kind, request.model);
			}
			const { value } = estimated;
			if (format === 'raw') return { json: value.raw as IDataObject };
			const json = simplifyEstimate(value, request);
			if (isAgentTool(item.functions)) delete json.details;
			return { json };
		},
	});
}
