interface Round<T> {
	current: Promise<T>;
	/** Begins when the current one has ended; whoever comes before that takes part in it. */
	next?: Promise<T>;
}

/**
 * One round of looks for many calls. The tasks of a run tend to settle together, and every authenticated
 * call costs n8n far more than the service (it decrypts the credential in a sandbox of its own, some
 * 40 ms of CPU in 2.41): a call that would start a round while one is under way waits for the one after
 * it, which sees all that had happened by then, together with all others that do.
 */
export class SharedRounds<T> {
	private readonly rounds = new Map<string, Round<T>>();

	/** @param key what the round is about; only rounds of the same key are shared */
	async join(key: string, look: () => Promise<T>): Promise<T> {
		const round = this.rounds.get(key);
		if (!round) return await this.begin(key, look);
		const ended = round.current.then(
			() => undefined,
			() => undefined,
		);
		round.next ??= ended.then(async () => await this.begin(key, look));
		return await round.next;
	}

	private async begin(key: string, look: () => Promise<T>): Promise<T> {
		const round: Round<T> = { current: look() };
		this.rounds.set(key, round);
		try {
			return await round.current;
		} finally {
			if (!round.next) this.rounds.delete(key);
		}
	}
}
