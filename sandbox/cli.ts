/** Runs the sandbox from the command line: `npm run sandbox -- --port 4010 --speed 20`. */
import { parseArgs } from 'node:util';
import { parseBytes } from './markers';
import { startSandbox, type SandboxOptions } from './index';

const USAGE = `npm run sandbox -- [options]

  --port 4010          port of the API; 0 takes a free one
  --files-port 4011    port of the results; the API's port + 1 unless told
  --host 127.0.0.1     address that both listen on
  --key sandbox-key    the API key that is accepted
  --prefix /gateway    a path in front of all API paths
  --speed 20           renders take (--render / --speed) seconds
  --render 20          seconds that a render takes at speed 1
  --markers '[sandbox: fail]'   markers that hold for every prompt
  --faults '[{"on":"get","kind":{"status":503},"probability":0.1}]'
  --variant '{"envelope":true}'
  --seed 1             for faults with a probability
  --credit 10.00       USD to spend
  --concurrency 5      tasks in progress at once
  --visible-after 500  ms for which get does not know a new task
  --video-bytes 400MiB results of this size in place of the small videos
  --other-key KEY      a further account with that API key; may be repeated
  --vendor-rules       refuse what only the vendor is known to refuse
  --other-model ID     a further model, which takes any parameters; may be repeated
  --allow-duplicates   external task IDs need not be unique
  --help

sandbox/README.md says what they mean.
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

function readOptions(): SandboxOptions | 'help' {
	const { values } = parseArgs({
		options: {
			port: text,
			'files-port': text,
			host: text,
			key: text,
			prefix: text,
			speed: text,
			render: text,
			markers: text,
			faults: text,
			variant: text,
			seed: text,
			credit: text,
			concurrency: text,
			'visible-after': text,
			'video-bytes': text,
			'other-key': { ...text, multiple: true },
			'vendor-rules': flag,
			'other-model': { ...text, multiple: true },
			'allow-duplicates': flag,
			help: flag,
		},
	});
	if (values.help) return 'help';
	const port = number(values.port) ?? 4010;
	return withoutUndefined({
		port,
		filesPort: number(values['files-port']) ?? (port === 0 ? 0 : port + 1),
		host: values.host,
		apiKey: values.key,
		prefix: values.prefix,
		speed: number(values.speed),
		renderSeconds: number(values.render),
		markers: values.markers,
		faults: fromJson(values.faults),
		variant: fromJson(values.variant),
		seed: number(values.seed),
		credit: values.credit,
		concurrencyLimit: number(values.concurrency),
		visibleAfterMs: number(values['visible-after']),
		videoBytes: values['video-bytes'] === undefined ? undefined : bytes(values['video-bytes']),
		otherModels: values['other-model'],
		otherKeys: values['other-key'],
		vendorRules: values['vendor-rules'] ? true : undefined,
		enforceUniqueExternalIds: values['allow-duplicates'] ? false : undefined,
	});
}

function number(value: string | undefined): number | undefined {
	if (value === undefined) return undefined;
	if (!/^\d+(\.\d+)?$/.test(value)) throw new Error(`not a number: ${value}`);
	return Number(value);
}

function bytes(value: string): number {
	const size = parseBytes(value);
	if (size === undefined) throw new Error(`not a size such as 5MiB: ${value}`);
	return size;
}

/** The shape is checked where the sandbox starts. */
function fromJson<Value>(value: string | undefined): Value | undefined {
	return value === undefined ? undefined : (JSON.parse(value) as Value);
}

function withoutUndefined(options: {
	[Name in keyof SandboxOptions]: SandboxOptions[Name] | undefined;
}) {
	const given = Object.entries(options).filter(([, value]) => value !== undefined);
	return Object.fromEntries(given) as SandboxOptions;
}

function explain(error: unknown, options: SandboxOptions | undefined): string {
	const { code, message, port } = error as NodeJS.ErrnoException & { port?: number };
	if (code === 'EADDRINUSE') {
		const other = port === options?.port ? '--port' : '--files-port';
		return `port ${port} is taken; choose another with ${other}`;
	}
	return message;
}

async function main(): Promise<void> {
	let options: SandboxOptions | 'help' | undefined;
	try {
		options = readOptions();
		if (options === 'help') {
			process.stdout.write(USAGE);
			return;
		}
		const sandbox = await startSandbox(options);
		const { apiUrl, filesUrl, apiKey } = sandbox;
		process.stdout.write(`Kirin sandbox
  API      ${apiUrl}
  results  ${filesUrl}
  API key  ${apiKey}
  ledger   ${apiUrl}/sandbox/ledger

curl ${apiUrl}/model/v1/generation \\
  -H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json' \\
  -d '{"model":"kirin_v2_5_turbo_t2v","input":[{"params":{"prompt":"A crane over a lake"}}]}'
curl -H 'Authorization: Bearer ${apiKey}' ${apiUrl}/model/v1/generation/task/<id>
`);
		const end = () => void sandbox.close().then(() => process.exit(0));
		process.once('SIGINT', end);
		process.once('SIGTERM', end);
	} catch (error) {
		process.stderr.write(`sandbox: ${explain(error, options === 'help' ? undefined : options)}\n`);
		process.exitCode = 1;
	}
}

void main();
