/** The sandbox's API behind TLS, as services are reached in production. */
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { certificatesFor } from '../../e2e/world/certificates';

export interface TlsFront {
	/** The API's base URL. */
	url: string;
	/** For `NODE_EXTRA_CA_CERTS`. */
	authorityFile: string;
	close(): Promise<void>;
}

/** @param folder for the authority's certificate */
export async function startTlsFront(apiUrl: string, folder: string): Promise<TlsFront> {
	const { authority, cert, key } = await certificatesFor(['localhost']);
	const { port: apiPort } = new URL(apiUrl);
	const server = createServer({ cert, key }, (outside) => {
		const inside = connect(Number(apiPort), '127.0.0.1');
		outside.pipe(inside).pipe(outside);
		outside.on('error', () => inside.destroy());
		inside.on('error', () => outside.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const authorityFile = join(folder, `authority-${port}.pem`);
	await writeFile(authorityFile, authority);
	return {
		url: `https://localhost:${port}`,
		authorityFile,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}
