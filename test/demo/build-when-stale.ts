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

/** `npm run build`, without npm. @throws when it fails; it has said why. */
export async function buildProject(root: string, ending: Ending): Promise<void> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'test/setup/build.ts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  await ending.add(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const [code] = await exited;
  ending.check();
  if (code !== 0) throw new Error('The build failed.');
}

function newestMs(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return path.endsWith('.test.ts') ? 0 : stats.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
