/** The execution that a resume URL of n8n belongs to. */
export function executionOfResumeUrl(url: string): string | undefined {
	return /\/webhook-waiting\/([^/?]+)/.exec(url)?.[1];
}
