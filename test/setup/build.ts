/**
 * `npm run build`: the pages by Remix (build/remix), the programs by esbuild (build/programs). Packages are not bundled;
 * production brings node_modules.
 */
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'
import { build as viteBuild } from 'vite'

const PROGRAMS = ['edge', 'web', 'worker', 'ops', 'start']
const OLDEST_NODE = 22

const root = fileURLToPath(new URL('../..', import.meta.url))
process.chdir(root)
process.env.NODE_ENV = 'production'
await rm(join(root, 'build'), { recursive: true, force: true })

if (existsSync(join(root, 'app/root.tsx'))) {
  const configFile = join(root, 'vite.config.ts')
  await viteBuild({ root, configFile, logLevel: 'warn' })
  // Remix takes the second build for the server's from this flag, as its own command does.
  await viteBuild({ root, configFile, logLevel: 'warn', build: { ssr: true } })
}

const programs = PROGRAMS.filter((name) => existsSync(join(root, 'app', `${name}.ts`)))
await build({
  absWorkingDir: root,
  entryPoints: programs.map((name) => ({ in: `app/${name}.ts`, out: `${name}.main` })),
  outdir: 'build/programs',
  platform: 'node',
  target: `node${String(OLDEST_NODE)}`,
  format: 'esm',
  bundle: true,
  splitting: true,
  packages: 'external',
  // Package imports such as "#app/x.ts" are files of ours, not packages.
  alias: { '#app': './app' },
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
})
await Promise.all(programs.map((name) => writeFile(join(root, 'build/programs', `${name}.js`), launcher(name))))
console.log(`Built ${programs.length === 0 ? 'no program' : programs.join(', ')} into build/.`)

/** An older Node would fail somewhere in a package; so it is asked for its age before anything is loaded. */
function launcher(name: string): string {
  return `if (Number(process.versions.node.split('.')[0]) < ${String(OLDEST_NODE)}) {
  console.error('Cart Insights needs Node ${String(OLDEST_NODE)} or newer; this is ' + process.version + '.');
  process.exit(1);
}
await import('./${name}.main.js');
`
}
