/** The sandbox's time, which the suite moves on: so no render depends on how fast the machine is. */
export class SandboxClock {
	private offsetMs = 0;

	/** Milliseconds since the epoch, ahead of the real time by what was moved. */
	readonly now = (): number => Date.now() + this.offsetMs;

	advance(ms: number): void {
		this.offsetMs += ms;
	}

	/** The real time of a moment on this clock, since the last move. */
	real(at: number): number {
		return at - this.offsetMs;
	}
}
