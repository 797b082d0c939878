/** Starting and ending: ports, options, and connections that are still open. */
import { startSandbox } from '../../sandbox';
import { clientOf, pause } from './client';

test('a taken port is an error, and leaves no server behind', async () => {
	const first = await startSandbox();
	const port = Number(new URL(first.apiUrl).port);
	await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
	await expect(startSandbox({ filesPort: port })).rejects.toMatchObject({ port });
	await first.close();
	const second = await startSandbox({ port });
	expect(second.apiUrl).toBe(first.apiUrl);
	await second.close();
});

test('closing ends connections that wait for an answer', async () => {
	const sandbox = await startSandbox({ faults: [{ on: 'get', kind: 'hang' }] });
	const broken = clientOf(sandbox)
		.get('x')
		.catch((error: { code?: string }) => error.code);
	await pause(30);
	await sandbox.close();
	expect(await broken).toBe('ECONNRESET');
});

test('the key and the start settings are the ones given', async () => {
	const sandbox = await startSandbox({
		apiKey: 'mine',
		credit: '0.1',
		variant: { envelope: true },
	});
	expect((await clientOf(sandbox).create({ prompt: 'x' })).status).toBe(402);
	expect((await clientOf({ ...sandbox, apiKey: 'sandbox-key' }).get('x')).status).toBe(401);
	sandbox.settings.variant = {};
	sandbox.reset();
	expect(sandbox.settings.variant).toEqual({ envelope: true });
	await sandbox.close();
});

test('a setting that does not exist or does not fit stops the start', async () => {
	await expect(startSandbox({ speed: 0 })).rejects.toThrow('speed');
	await expect(startSandbox({ markers: '[sandbox: fial]' })).rejects.toThrow('fial');
});
