/**
 * `npm run build`: the pages by Remix (build/remix), the programs by esbuild (build/programs). Packages are not bundled;
 * production brings node_modules.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { build, type BuildOptions } from 'esbuild';

const PROGRAMS = {
  edge: 'app/edge.ts',
  web: 'app/web.ts',
  worker: 'app/worker.ts',
  start: 'app/start.ts',
  ops: 'app/ops.ts',
  'db-deploy': 'app/data/deploy/program.ts',
};
const OLDEST_NODE = [22, 12] as const;

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
process.env.NODE_ENV = 'production';
await rm(join(root, 'build'), { recursive: true, force: true });

if (existsSync(join(root, 'app/root.tsx'))) {
  const remix = join(root, 'node_modules/@remix-run/dev/dist/cli.js');
  const { status } = spawnSync(process.execPath, [remix, 'vite:build', '--logLevel', 'warn'], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
  await compressAssets(join(root, 'build/remix/client/assets'));
}

const entries = Object.entries(PROGRAMS).filter(([, file]) => existsSync(join(root, file)));
const options: BuildOptions = {
  absWorkingDir: root,
  entryPoints: entries.map(([name, file]) => ({ in: file, out: `${name}.main` })),
  outdir: 'build/programs',
  platform: 'node',
  target: `node${OLDEST_NODE.join('.')}`,
  format: 'esm',
  bundle: true,
  splitting: true,
  packages: 'external',
  // Package imports such as "#app/x.ts" are files of ours, not packages.
  alias: { '#app': './app' },
  define: { CART_INSIGHTS_VERSION: JSON.stringify(await versionOf()) },
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
};
await build(options).catch(() => {
  // esbuild has said what is wrong.
  process.exit(1);
});
await Promise.all(entries.map(([name]) => writeFile(join(root, 'build/programs', `${name}.js`), launcher(name))));
console.log(`Built ${entries.map(([name]) => name).join(', ')} into build/.`);

/** Once at build time and as small as it gets; the web program picks the form the browser understands. */
async function compressAssets(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!/\.(js|css|svg)$/.test(name)) continue;
    const bytes = await readFile(join(directory, name));
    await writeFile(join(directory, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    await writeFile(join(directory, `${name}.br`), brotliCompressSync(bytes));
  }
}

/** The package's version and the commit, where there is one; `dirty` says that files differ from it. */
async function versionOf(): Promise<string> {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty', '--exclude=*'], { encoding: 'utf8' });
  return status === 0 ? `${version}+${stdout.trim()}` : version;
}

/** An older Node would fail somewhere in a package; so it is asked for its age before anything is loaded. */
function launcher(name: string): string {
  const [major, minor] = OLDEST_NODE;
  return `const [major, minor] = process.versions.node.split('.').map(Number);
if (major < ${String(major)} || (major === ${String(major)} && minor < ${String(minor)})) {
  console.error('Cart Insights needs Node ${OLDEST_NODE.join('.')} or newer; this is ' + process.version + '.');
  process.exit(1);
}
await import('./${name}.main.js');
`;
}
