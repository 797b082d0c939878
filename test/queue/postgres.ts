/** A PostgreSQL database of the suite's own, which goes away with it. */
import { join } from 'node:path';
import { run, startChild } from '../../demo/child';
import { freePort } from '../../demo/n8n-process';
import { atEnd } from '../../demo/whole-run';
import { HOST, listens, program, untilListens } from './server-programs';

const STANDARD_PORT = 5432;
const SUPERUSER = 'postgres';

/**
 * Creates the database, on the PostgreSQL that listens on the standard port or on one that is started
 * for the run. `PGUSER` and `PGPASSWORD` say how to get in; without them the user is `postgres`.
 *
 * @param temporary a folder of the run's
 * @returns n8n's settings for it
 */
export async function createDatabase(name: string, temporary: string): Promise<NodeJS.ProcessEnv> {
	const isThere = await listens(STANDARD_PORT);
	const port = isThere ? STANDARD_PORT : await startPostgres(join(temporary, 'postgres'));
	await sql(port, `create database ${name}`);
	if (isThere) atEnd(() => sql(port, `drop database if exists ${name} with (force)`));
	return {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: HOST,
		DB_POSTGRESDB_PORT: String(port),
		DB_POSTGRESDB_DATABASE: name,
		DB_POSTGRESDB_USER: process.env.PGUSER ?? SUPERUSER,
		DB_POSTGRESDB_PASSWORD: process.env.PGPASSWORD ?? '',
	};
}

/** The address of a database that `createDatabase` has made, by the settings that it returned. */
export function urlOf(settings: NodeJS.ProcessEnv): string {
	const of = (name: string) => encodeURIComponent(settings[`DB_POSTGRESDB_${name}`] ?? '');
	return `postgres://${of('USER')}:${of('PASSWORD')}@${of('HOST')}:${of('PORT')}/${of('DATABASE')}`;
}

async function sql(port: number, statement: string): Promise<string> {
	const user = process.env.PGUSER ?? SUPERUSER;
	const place = [`--host=${HOST}`, `--port=${port}`, `--username=${user}`, '--dbname=postgres'];
	// Without a terminal: a missing password is an error and not a question.
	const manner = ['--no-password', '--quiet', '--set=ON_ERROR_STOP=1', `--command=${statement}`];
	return await run(await program('psql'), [...place, ...manner], { what: `SQL "${statement}"` });
}

async function startPostgres(folder: string): Promise<number> {
	const port = await freePort();
	const initdb = await program('initdb');
	// PostgreSQL refuses to run as root.
	const isRoot = process.getuid?.() === 0;
	const asUser = isRoot ? ['runuser', '-u', SUPERUSER, '--'] : ['env'];
	const [command = '', ...prefix] = asUser;
	await run('mkdir', ['-p', folder], { what: 'Making a folder for PostgreSQL' });
	if (isRoot) await run('chown', [SUPERUSER, folder], { what: 'Giving PostgreSQL its folder' });
	const form = ['--auth=trust', `--username=${SUPERUSER}`, '--encoding=UTF8', `--pgdata=${folder}`];
	await run(command, [...prefix, initdb, ...form], { cwd: '/', what: 'Creating a PostgreSQL' });
	const settings = ['-D', folder, '-p', String(port), '-h', HOST, '-k', folder, '-F'];
	startChild(command, [...prefix, await program('postgres'), ...settings], { cwd: '/' });
	await untilListens(port, 'PostgreSQL');
	return port;
}
