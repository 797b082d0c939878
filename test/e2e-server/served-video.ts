/** What the service serves as the result of a task. */
import { createHash } from 'node:crypto';
import type { Sandbox } from '../../sandbox';

export async function servedVideo({ filesUrl }: Sandbox, taskId: string): Promise<Buffer> {
	const answer = await fetch(`${filesUrl}/results/${taskId}/video.mp4`);
	if (!answer.ok) throw new Error(`The video of task ${taskId} is answered ${answer.status}`);
	return Buffer.from(await answer.arrayBuffer());
}

export function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}
