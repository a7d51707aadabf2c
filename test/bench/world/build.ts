import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { isBuildStale } from '#test/demo/build-when-stale.ts';

/** Runs `npm run build`'s program when the build is older than what it is made of. @throws when it fails. */
export function buildPrograms(root: string, say: (line: string) => void): void {
  if (!isBuildStale(root)) return;
  say('Building ...');
  const { status } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'test/setup/build.ts')],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_ENV: 'production' } },
  );
  if (status !== 0) throw new Error('The build failed');
}
