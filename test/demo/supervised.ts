import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;
/** A program that ran this long was well; what ends it later is a new story. */
const WELL_AFTER_MS = 20_000;
/** Longer than a program's own limit for ending in order. */
const STOP_TIMEOUT_MS = 30_000;

export interface Supervised {
  /** null while it is down. */
  readonly pid: number | null;
  /** Ends it, to be started again at once. */
  restart(): void;
  stop(): Promise<void>;
}

export interface SupervisedOptions {
  /** What comes after `node`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Its output goes here. */
  readonly logFile: string;
  /** Its output goes to the terminal instead. */
  readonly isLoud?: boolean;
  /** Told at every start, the first one included. */
  readonly onStart?: () => void;
  /** Told when it ended unasked and will be started again. */
  readonly onDeath?: (reason: string) => void;
}

/**
 * Runs a program of ours and starts it again when it dies, waiting longer each time it dies soon.
 *
 * It gets its own process group, so that Ctrl-C reaches us alone and we end everything in order; and a channel by which
 * it notices when we are killed.
 */
export function supervise(options: SupervisedOptions): Supervised {
  let child: ChildProcess | null = null;
  let timer: NodeJS.Timeout | undefined;
  let delayMs = FIRST_DELAY_MS;
  let isStopping = false;
  let isWanted = false;

  const start = (): void => {
    const startedAt = Date.now();
    const log = openSync(options.logFile, 'a', 0o600);
    const output = options.isLoud === true ? 'inherit' : log;
    const started = spawn(process.execPath, options.args, {
      env: { ...options.env } as NodeJS.ProcessEnv,
      stdio: ['ignore', output, output, 'ipc'],
      detached: true,
    });
    closeSync(log);
    child = started;
    started.once('exit', (code, signal) => {
      child = null;
      if (isStopping) return;
      if (!isWanted) options.onDeath?.(signal ?? `exit code ${String(code)}`);
      delayMs =
        isWanted || Date.now() - startedAt > WELL_AFTER_MS ? FIRST_DELAY_MS : Math.min(MAX_DELAY_MS, delayMs * 2);
      isWanted = false;
      timer = setTimeout(start, delayMs);
    });
    options.onStart?.();
  };

  start();
  return {
    get pid() {
      return child?.pid ?? null;
    },
    restart: () => {
      isWanted = true;
      child?.kill('SIGTERM');
    },
    stop: async () => {
      isStopping = true;
      clearTimeout(timer);
      const running = child;
      if (running === null) return;
      const exited = once(running, 'exit');
      running.kill('SIGTERM');
      const cut = setTimeout(() => running.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(cut);
    },
  };
}
