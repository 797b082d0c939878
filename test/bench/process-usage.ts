/** What a process uses, from Linux's `/proc`: other systems have no such figures, and none are given. */
import { readFileSync, writeFileSync } from 'node:fs';

/** `/proc` counts CPU time in ticks; Linux has told programs 100 of them a second for ever. */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1024;
/** Written to `clear_refs`, it sets the peak back to what is resident now (proc(5)). */
const RESET_PEAK = '5';

export interface Usage {
	/** User and system time so far. */
	cpuSeconds: number;
	/** Resident memory now. */
	residentMiB: number;
	/** The most that was resident since the start or the last reset. */
	peakMiB: number;
}

export function usageOf(pid: number): Usage | undefined {
	try {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		const mib = (name: string) =>
			Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / KIB_PER_MIB;
		// The second field is the name in brackets, which may hold anything: the others follow it.
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
		return {
			cpuSeconds: (userTicks + systemTicks) / TICKS_PER_SECOND,
			residentMiB: mib('VmRSS'),
			peakMiB: mib('VmHWM'),
		};
	} catch {
		return undefined;
	}
}

/** Lets the peak count from now on. */
export function resetPeak(pid: number): void {
	try {
		writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
	} catch {
		// not Linux, or not allowed: the peak counts from the start of the process
	}
}
