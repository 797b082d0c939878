/** The sandbox: the Kirin service in miniature, for the demo, the tests and the benchmark. */
import { apiRole } from './api';
import { CallbackSender } from './callbacks';
import type { Fault } from './faults';
import { filesRole } from './files';
import type { Ledger } from './ledger';
import { closeAtOnce, listen, makeServer } from './server';
import { Service } from './service';
import { changeSettings, defaultSettings, type SandboxSettings } from './settings';

export type { Fault, FaultKind, FaultTarget } from './faults';
export type { Ledger, RequestKind, RequestRecord, StatementRow } from './ledger';
export type { Duplicate, Expiry, Lateness, ProgressShape } from './markers';
export { readMp4, type Mp4Facts } from './mp4';
export type { SandboxSettings } from './settings';
export type { SandboxTask } from './task';
export type { Variant } from './variant';

export interface SandboxOptions extends Partial<SandboxSettings> {
	/** The API's port; 0, the default, takes a free one. */
	port?: number;
	/** The port of the results; 0, the default, takes a free one. */
	filesPort?: number;
	/** 127.0.0.1 unless told. */
	host?: string;
	apiKey?: string;
	/** A path in front of the API's and the control's paths, such as `/gateway`. */
	prefix?: string;
	/** For the faults that have a probability. */
	seed?: number;
	/** The clock, in ms. */
	now?: () => number;
}

export interface Sandbox {
	/** The base URL of the API, prefix included, with no slash at the end. */
	apiUrl: string;
	/** The origin of the results. */
	filesUrl: string;
	apiKey: string;
	/** May be changed at any time. */
	settings: SandboxSettings;
	/** Short for `settings.faults`. */
	faults: Fault[];
	ledger: Ledger;
	/** Forgets tasks and requests, and sets everything back to the start's settings. */
	reset(): void;
	/** Ends all connections at once. */
	close(): Promise<void>;
}

/** Starts both servers. Rejects when a port is taken or a setting is not acceptable. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const {
		port = 0,
		filesPort = 0,
		host = '127.0.0.1',
		apiKey = 'sandbox-key',
		prefix = '',
		seed = 1,
		now = Date.now,
		...initial
	} = options;
	const settings = defaultSettings();
	changeSettings(settings, initial);
	const atStart = structuredClone(settings);

	const service = new Service(apiKey, settings, now, seed);
	const callbacks = new CallbackSender(service);
	service.onCreated = (task) => callbacks.follow(task);
	const reset = () => {
		callbacks.stop();
		service.forget();
		for (const name of Object.keys(settings)) delete settings[name as keyof SandboxSettings];
		Object.assign(settings, structuredClone(atStart));
	};

	const path = prefix.replace(/^\/*(?=.)/, '/').replace(/\/+$/, '');
	const api = makeServer(service, apiRole(service, path, reset));
	const files = makeServer(service, filesRole(service));
	const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
	const origin = (at: number) => `http://${name.includes(':') ? `[${name}]` : name}:${at}`;
	const filesUrl = origin(await listen(files, filesPort, host));
	service.filesUrl = filesUrl;
	let apiUrl: string;
	try {
		apiUrl = origin(await listen(api, port, host)) + path;
	} catch (error) {
		await closeAtOnce(files);
		throw error;
	}

	return {
		apiUrl,
		filesUrl,
		apiKey,
		settings,
		ledger: service.ledger,
		get faults() {
			return settings.faults;
		},
		set faults(faults) {
			settings.faults = faults;
		},
		reset,
		async close() {
			callbacks.stop();
			await Promise.all([closeAtOnce(api), closeAtOnce(files)]);
		},
	};
}
