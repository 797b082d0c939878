import { createServer as createHttpServer, request as httpRequest, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { errorText, generating, onlyItem, run, sandboxForTests } from './kirin';

/** What n8n offers for a node's requests holds for ours. */

const sandbox = sandboxForTests();

/** Passes every request on to where its URL says, or to `target`, and keeps a list of the URLs. */
function passing(seen: string[], target?: () => string) {
	return (...[incoming, outgoing]: Parameters<Parameters<typeof createHttpServer>[1] & object>) => {
		const url = target ? `${target()}${incoming.url}` : (incoming.url ?? '');
		seen.push(url);
		const { method, headers } = incoming;
		const onwards = httpRequest(url, { method, headers }, (response) => {
			outgoing.writeHead(response.statusCode ?? 500, response.headers);
			response.pipe(outgoing);
		});
		incoming.pipe(onwards);
	};
}

async function listening(server: Server): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}

describe('Through a proxy', () => {
	const seen: string[] = [];
	const proxy = createHttpServer(passing(seen));
	let proxyUrl = '';
	beforeAll(async () => {
		proxyUrl = `http://127.0.0.1:${await listening(proxy)}`;
	});
	afterAll(() => {
		proxy.closeAllConnections();
		proxy.close();
	});

	it('go the API calls and the download', async () => {
		onlyItem(await run(sandbox.current, generating({ requestOptions: { proxy: proxyUrl } })));

		const { requests } = sandbox.current.ledger;
		expect(seen).toHaveLength(requests.length);
		expect(seen.filter((url) => url.startsWith(sandbox.current.filesUrl))).toHaveLength(1);
		expect(seen).toContain(`${sandbox.current.apiUrl}/model/v1/generation`);
	});
});

describe('Over TLS with a certificate of its own', () => {
	let server: Server;
	let baseUrl = '';
	beforeAll(async () => {
		const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
		server = createHttpsServer(
			{ key, cert },
			passing([], () => sandbox.current.apiUrl),
		);
		baseUrl = `https://127.0.0.1:${await listening(server)}`;
	});
	afterAll(() => {
		server.closeAllConnections();
		server.close();
	});

	it('the service is not trusted, and nothing is created', async () => {
		const text = errorText(await run(sandbox.current, generating(), { credential: { baseUrl } }));

		expect(text).toContain('TLS certificate is self-signed');
		expect(text).toContain('No task was created');
		expect(sandbox.current.ledger.requests).toHaveLength(0);
	});

	it('the service is used when the user ignores SSL issues', async () => {
		const parameters = generating({ requestOptions: { allowUnauthorizedCerts: true } });

		onlyItem(await run(sandbox.current, parameters, { credential: { baseUrl } }));
	});
});

describe("With n8n's Allowed HTTP Request Domains in the credential", () => {
	it.each([
		['none', { allowedHttpRequestDomains: 'none' }],
		['those of others', { allowedHttpRequestDomains: 'domains', allowedDomains: 'other.example' }],
	])('%s, the node still calls its base URL', async (_, credential) => {
		onlyItem(await run(sandbox.current, generating(), { credential }));

		expect(sandbox.current.ledger.count('download')).toBe(1);
	});
});
