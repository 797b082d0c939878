import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { jsonStringify } from 'n8n-workflow';

/** n8n's logger keeps its way to change where it writes to itself. */
interface Redirectable {
	setInternalLogger(sink: object): void;
}

const lines: string[] = [];

const sink = {
	log: (level: string, message: string, metadata: object) => {
		lines.push(`${level} ${message} ${jsonStringify(metadata, { replaceCircularRefs: true })}`);
	},
	child: () => sink,
};

/** Puts n8n's own logger, at level debug, in front of an array instead of the console. */
export function captureLog(): void {
	(Container.get(Logger) as unknown as Redirectable).setInternalLogger(sink);
}

/** Starts listening; the returned function gives every line logged since then. */
export function listenToLog(): () => string[] {
	const start = lines.length;
	return () => lines.slice(start);
}

/** Drops every line: for a campaign that would keep too many. Nobody may be listening. */
export function forgetLog(): void {
	lines.length = 0;
}
