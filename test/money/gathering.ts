/** A point that several scenarios pass together, once something has been done for all of them. */
export class Gathering {
	private arrived = 0;
	private done: Promise<void> | undefined;
	private readonly opened: Promise<void>;
	private open = (): void => {};
	private refuse: (error: Error) => void = () => {};

	constructor(
		private expected: number,
		private readonly act: () => Promise<void>,
	) {
		this.opened = new Promise((resolve, reject) => {
			this.open = resolve;
			this.refuse = reject;
		});
		this.opened.catch(() => undefined);
	}

	async arrive(): Promise<void> {
		this.arrived++;
		this.look();
		await this.opened;
	}

	/** One that will not come. */
	leave(): void {
		if (this.done) return;
		this.expected--;
		this.look();
	}

	private look(): void {
		if (this.done || this.arrived < this.expected || this.arrived === 0) return;
		this.done = this.act().then(this.open, this.refuse);
	}
}
