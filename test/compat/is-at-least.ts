/** Whether a version, such as 2.9.1, is as new as another or newer. */
export function isAtLeast(version: string, least: string): boolean {
	const [ours, theirs] = [version, least].map((text) => text.split('.').map(Number));
	const differing = theirs?.findIndex((part, place) => part !== ours?.[place]) ?? -1;
	return differing < 0 || (ours?.[differing] ?? 0) > (theirs?.[differing] ?? 0);
}
