import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** @returns the command line of a process, '' when there is none (or only a zombie is left of it). */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    if (process.platform === 'linux') return '';
    try {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      return '';
    }
  }
}

/** Waits until a process is gone. @returns false when it is still there after `timeoutMs`. */
async function untilGone(isThere: () => boolean, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(50)) {
    if (!isThere()) return true;
  }
  return !isThere();
}

/**
 * Ends a process an earlier demo left behind: it is given time to notice by itself, then asked, then made to.
 *
 * @param mark stands in its command line; the number alone may belong to somebody else by now.
 */
export async function endLeftOver(pid: number, mark: string): Promise<void> {
  const isThere = (): boolean => commandLineOf(pid).includes(mark);
  if (await untilGone(isThere, 3_000)) return;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isThere()) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    if (await untilGone(isThere, 4_000)) return;
  }
}
