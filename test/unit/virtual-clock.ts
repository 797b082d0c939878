import { type Clock, Stopped, throwIfStopped } from '../../nodes/KirinVideo/api/clock';

/** When every test begins. */
export const START = Date.UTC(2030, 0, 1);

/** A clock that only moves when somebody sleeps or is told to: a day passes in no time. */
export class VirtualClock implements Clock {
	private time = START;
	private appointments: Array<{ at: number; act: () => void }> = [];

	constructor(private readonly chance: () => number = () => 0) {}

	now(): number {
		return this.time;
	}

	/** Milliseconds since the test began. */
	elapsed(): number {
		return this.time - START;
	}

	random(): number {
		return this.chance();
	}

	/** Time that passes while something other than a sleep goes on. */
	advance(ms: number): void {
		this.time += ms;
	}

	/** Does something at `ms` milliseconds after the start, in the midst of a sleep if need be. */
	at(ms: number, act: () => void): void {
		this.appointments.push({ at: START + ms, act });
	}

	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		throwIfStopped(signal);
		const end = this.time + ms;
		const due = this.appointments.filter(({ at }) => at <= end);
		this.appointments = this.appointments.filter(({ at }) => at > end);
		for (const { at, act } of due.sort((a, b) => a.at - b.at)) {
			this.time = Math.max(this.time, at);
			act();
			if (signal?.aborted) throw new Stopped();
		}
		this.time = end;
		await Promise.resolve();
	}
}
