import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder that n8n-core keeps its settings and binary files in. This module is imported before
 * n8n-core, which reads the environment when its settings are first asked for.
 */
export const userFolder = mkdtempSync(join(tmpdir(), 'kirin-engine-'));

// A developer's own n8n settings must not change what the tests see.
for (const name of Object.keys(process.env)) {
	if (name.startsWith('N8N_')) delete process.env[name];
}

Object.assign(process.env, {
	N8N_USER_FOLDER: userFolder,
	N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
	N8N_LOG_LEVEL: 'debug',
	NO_PROXY: '127.0.0.1,localhost,::1',
});

// n8n may still be writing the file of a download that was stopped.
const remove = () => rmSync(userFolder, { recursive: true, force: true, maxRetries: 5 });

// Jest ends a test file, not its process; a script of its own has no such hook.
if (typeof afterAll === 'function') afterAll(remove);
else process.once('exit', remove);
