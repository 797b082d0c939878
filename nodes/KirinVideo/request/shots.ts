import type { IDataObject } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import { modelFields } from './parameters';
import type { RequestModel } from './requestModel';

/**
 * What goes with a list of shots (reference: `kirin_v3_t2v`), in the API's words.
 *
 * @param params as checked so far
 * @throws TaskError when the durations do not add up to that of the video
 */
export function shotsParams({ parameters }: RequestModel, params: IDataObject): IDataObject {
	const shots = params.multi_prompt as IDataObject[] | undefined;
	if (shots === undefined) return {};
	const mustFill = parameters.some(([, rule]) => rule.kind === 'shots' && rule.fillDuration);
	const total = Number(params.duration);
	// In thousandths, so that 0.1 + 0.2 adds up.
	const sum = shots.reduce((all, { duration }) => all + Math.round(Number(duration) * 1000), 0);
	if (mustFill && sum !== Math.round(total * 1000)) {
		throw inputError(
			modelFields.multi_prompt.label,
			`must have durations that add up to ${modelFields.duration.label} (${total}), but they add up to ${sum / 1000}`,
		);
	}
	return { multi_shot: true, shot_type: 'customize' };
}
