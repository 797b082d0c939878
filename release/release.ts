/** `npm run release -- minor`: makes the commit and the tag of a release. Pushing them publishes. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeRelease } from './make-release';

const folder = join(__dirname, '..');

/** Everything that has to hold, as CI runs it too. */
const CHECKS = ['lint', 'format:check', 'typecheck', 'test', 'test:package'];

function test(): boolean {
	return CHECKS.every((script) => {
		console.log(`\n== npm run ${script}`);
		const { status } = spawnSync('npm', ['run', '--silent', script], {
			cwd: folder,
			stdio: 'inherit',
			shell: process.platform === 'win32',
		});
		return status === 0;
	});
}

try {
	const [wanted = ''] = process.argv.slice(2);
	const tag = makeRelease({ folder, wanted, today: new Date(), test });
	console.log(`\n${tag} is made. To publish it: git push --atomic origin main ${tag}`);
} catch (error) {
	console.error(`No release: ${(error as Error).message}`);
	process.exitCode = 1;
}
