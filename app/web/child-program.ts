import { type ChildProcess, spawn } from 'node:child_process';

import type { AppLog } from '#app/log.ts';
import { EXIT_CODES } from '#app/settings.ts';

const MAX_DELAY_MS = 30_000;
/** A program that ran this long was well; what ends it later is a new story. */
const WELL_AFTER_MS = 60_000;

export interface ChildProgram {
  /** Asks the program to end and waits for it. */
  stop(): Promise<void>;
}

/**
 * Runs a program of ours beside this one and starts it again when it dies, waiting longer each time it dies soon.
 *
 * @param args what comes after `node`.
 * @param onHopeless told when starting it again is of no use: a setting is wrong.
 */
export function keepRunning(
  args: readonly string[],
  options: { readonly log: AppLog; readonly onHopeless: () => void; readonly firstDelayMs?: number },
): ChildProgram {
  const { log, onHopeless, firstDelayMs = 500 } = options;
  let child: ChildProcess | null = null;
  let ended: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let delayMs = firstDelayMs;
  let isStopping = false;

  const start = (): void => {
    const startedAt = Date.now();
    // Over the channel the program notices when this one is killed, and ends as well. Node's --watch cannot have one.
    const channel = args.includes('--watch') ? 'ignore' : 'ipc';
    const started = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', channel] });
    child = started;
    ended = new Promise((resolve) => {
      started.once('error', () => started.emit('exit', null, null));
      started.once('exit', (code, signal) => {
        resolve();
        if (isStopping) return;
        if (code === EXIT_CODES.settings) {
          onHopeless();
          return;
        }
        delayMs = Date.now() - startedAt > WELL_AFTER_MS ? firstDelayMs : Math.min(MAX_DELAY_MS, delayMs * 2);
        log.error('child.died', { status: code ?? undefined, signal: signal ?? undefined });
        timer = setTimeout(start, delayMs);
      });
    });
  };

  start();
  return {
    stop: async () => {
      isStopping = true;
      clearTimeout(timer);
      child?.kill('SIGTERM');
      await ended;
    },
  };
}
