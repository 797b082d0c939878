import type { IDataObject } from 'n8n-workflow';
import type { RequestImages } from './requestImages';
import type { RequestModel } from './requestModel';

/** A checked request for one task, without the external task ID, which `submit` adds. */
export interface TaskRequest {
	model: Pick<RequestModel, 'id' | 'documentationUrl'>;
	/** `input[0].params`, only what is to be sent. */
	params: IDataObject;
	/** Images that n8n holds as files. The address of any other is in `params`. */
	images?: RequestImages;
	/** The user's own, if any. */
	externalTaskId?: string;
	/** What is no error, and yet may not be what the user meant. */
	warnings?: string[];
}
