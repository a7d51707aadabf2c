import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Ending } from '#test/demo/ending.ts';

/** The build writes it last. */
const LAST_OF_BUILD = 'build/programs/web.js';
const SOURCES = ['app', 'prisma', 'vite.config.ts', 'package-lock.json', 'test/setup/build.ts'];

/** @returns whether something the build is made of is newer than the build. */
export function isBuildStale(root: string): boolean {
  const built = join(root, LAST_OF_BUILD);
  if (!existsSync(built)) return true;
  const builtAtMs = statSync(built).mtimeMs;
  return SOURCES.some((source) => newestMs(join(root, source)) > builtAtMs);
}

/** `npm run build`, without npm. @throws with what it said when it fails. */
export async function buildProject(root: string, ending: Ending): Promise<void> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'test/setup/build.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const exited = once(child, 'close') as Promise<[number | null]>;
  await ending.add(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const [code] = await exited;
  ending.check();
  if (code !== 0) throw new Error(`The build failed:\n${Buffer.concat(output).toString()}`);
}

function newestMs(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return path.endsWith('.test.ts') ? 0 : stats.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
