/** Shows what is being done, for how long, and how far it is: live on a terminal, as plain lines elsewhere. */

/** Tells how far the present step is, such as `312 of 2091 packages`. */
export type Report = (progress: string) => void;

/** A plain log hears of a step once it turns out to take a while, and then now and again. */
const PLAIN_FIRST_REPORT_MS = 1_000;
const PLAIN_REPORT_MS = 15_000;
const LIVE_REPORT_MS = 250;

export const secondsSince = (start: number) => (performance.now() - start) / 1000;

/** Does one step of a longer job and shows it. What the step throws is thrown on. */
export async function step<T>(title: string, work: (report: Report) => Promise<T>): Promise<T> {
	const live = process.stdout.isTTY;
	const start = performance.now();
	let progress = '';

	const line = (mark: string) => {
		const detail = progress ? ` – ${progress}` : '';
		return `${mark} ${title}${detail} (${secondsSince(start).toFixed(1)} s)`;
	};
	const show = () => {
		if (!live) return console.log(line('…'));
		// A line that wraps could not be overwritten.
		process.stdout.write(`\r\x1b[2K${line('…').slice(0, (process.stdout.columns || 80) - 1)}`);
	};
	const first = setTimeout(show, live ? 0 : PLAIN_FIRST_REPORT_MS);
	const later = setInterval(show, live ? LIVE_REPORT_MS : PLAIN_REPORT_MS);
	const finish = (mark: string) => {
		clearTimeout(first);
		clearInterval(later);
		console.log(`${live ? '\r\x1b[2K' : ''}${line(mark)}`);
	};

	try {
		const result = await work((text) => {
			progress = text;
		});
		finish('✓');
		return result;
	} catch (error) {
		finish('✗');
		throw error;
	}
}
