/**
 * Puts what follows from the code between `<!-- begin name -->` and `<!-- end name -->`.
 * @throws when the text has no such place
 */
export function betweenMarkers(text: string, name: string, content: string): string {
	const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
	const from = text.indexOf(begin);
	const to = text.indexOf(end);
	if (from < 0 || to < from) throw new Error(`The page has no place for the ${name}`);
	return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}
