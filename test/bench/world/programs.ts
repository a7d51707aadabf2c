import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { findFreePort } from '#test/support/postgres.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const OUTPUT_DIRECTORY = join(ROOT, '.bench');
const START_TIMEOUT_MS = 30_000;

/** A program that runs beside the benchmark. */
export interface RunningProgram {
  readonly pid: number;
  /** Where it listens; 0 when it does not. */
  readonly port: number;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/**
 * Starts a program of the product as in production: what `npm run start:NAME` runs, with NODE_ENV=production and the
 * settings an operator has to give.
 */
export async function startProduct(
  name: 'edge' | 'web' | 'worker',
  env: Readonly<Record<string, string>>,
): Promise<RunningProgram> {
  const port = name === 'worker' ? 0 : await findFreePort();
  mkdirSync(join(OUTPUT_DIRECTORY, 'logs'), { recursive: true });
  const logFile = join(OUTPUT_DIRECTORY, 'logs', `${name}-${String(process.pid)}-${String(Date.now())}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, startArguments(name), {
    cwd: ROOT,
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      EDGE_PORT: String(port),
      PORT: String(port),
      ...env,
    },
  });
  closeSync(log);
  const words = name === 'worker' ? 'worker.started' : `${name}.listening`;
  for (const until = Date.now() + START_TIMEOUT_MS; !readFileSync(logFile, 'utf8').includes(words); await sleep(50)) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`The ${name} did not start:\n${readFileSync(logFile, 'utf8')}`);
    }
  }
  return runningProgram(child, port);
}

/** What `npm run start:NAME` gives Node, read from package.json, so that nothing is measured but what runs in production. */
function startArguments(name: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [exec, node, ...args] = (scripts[`start:${name}`] ?? '').split(' ');
  if (exec !== 'exec' || node !== 'node') throw new Error(`package.json does not say how to start the ${name}`);
  return args;
}

/** Starts a peer's program (`test/bench/peers/NAME.ts`), which says its port when it listens. */
export async function startPeer(name: string, env: Readonly<Record<string, string>>): Promise<RunningProgram> {
  const program = fileURLToPath(new URL(`../peers/${name}.ts`, import.meta.url));
  const child = fork(program, {
    cwd: ROOT,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
  });
  const failed = once(child, 'exit').then(() => {
    throw new Error(`The peer ${name} did not start`);
  });
  failed.catch(() => undefined);
  const [port] = (await Promise.race([once(child, 'message'), failed])) as [number];
  return runningProgram(child, port);
}

/** Whatever happens to the benchmark, nothing it started stays behind. */
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

function runningProgram(child: ChildProcess, port: number): RunningProgram {
  children.add(child);
  child.once('exit', () => children.delete(child));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return { pid: child.pid ?? 0, port, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
