import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in ticks of 10 ms on every platform Node supports (sysconf _SC_CLK_TCK). */
const MS_PER_TICK = 10;
/** Places behind the command's name in /proc/PID/stat (proc(5)): state is 0. */
const PARENT = 1;
const USER = 11;
const SYSTEM = 12;
const CHILDREN_USER = 13;
const CHILDREN_SYSTEM = 14;

/** Processor time, in milliseconds, that a process has used so far in all its threads. */
export function cpuMsOf(pid: number): number {
  const fields = statOf(pid);
  return fields === null ? 0 : sum(fields, USER, SYSTEM);
}

/** Processor time of a PostgreSQL server: its processes, and those that have ended (the server waited for them). */
export function postgresCpuMs(serverPid: number): number {
  const own = statOf(serverPid);
  let total = own === null ? 0 : sum(own, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM);
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (fields !== null && fields[PARENT] === String(serverPid)) total += sum(fields, USER, SYSTEM);
  }
  return total;
}

/** Memory a process holds, in bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? NaN) * 1024;
}

function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name is in brackets and may hold anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function sum(fields: readonly string[], ...places: readonly number[]): number {
  return places.reduce((total, place) => total + Number(fields[place] ?? 0), 0) * MS_PER_TICK;
}
