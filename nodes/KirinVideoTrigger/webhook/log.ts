const MAX_WARNINGS = 10;

const PERIOD_MS = 60_000;

/** How many triggers are counted by themselves. */
const MAX_COUNTED = 100;

/** Anybody may call a trigger, but not fill the log. */
export class WarningLimit {
	private readonly counts = new Map<string, { begun: number; count: number }>();

	constructor(private readonly now: () => number = () => Date.now()) {}

	/** @returns whether a warning of this trigger may be logged, and whether it is the last for now */
	take(trigger: string): 'yes' | 'last' | 'no' {
		const now = this.now();
		let entry = this.counts.get(trigger);
		if (!entry || now - entry.begun >= PERIOD_MS) {
			entry = { begun: now, count: 0 };
			if (this.counts.size >= MAX_COUNTED) this.counts.clear();
			this.counts.set(trigger, entry);
		}
		entry.count++;
		if (entry.count > MAX_WARNINGS) return 'no';
		return entry.count === MAX_WARNINGS ? 'last' : 'yes';
	}
}
