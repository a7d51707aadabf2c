import { createRequire } from 'node:module';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

import type { BenchWorld } from '#test/bench/world/world.ts';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  /** Programs that wanted a core in the minute before: above zero, somebody else was at work. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${release()} ${arch()}`,
    loadBefore: loadavg()[0] ?? NaN,
  };
}

/** What was measured, and against what. */
const PACKAGES = [
  '@shopify/shopify-app-remix',
  '@shopify/shopify-api',
  '@prisma/client',
  'pg',
  'pg-boss',
  'prisma-field-encryption',
];

export async function describeVersions(world: BenchWorld): Promise<Record<string, string>> {
  const [row] = await world.query<{ server_version: string }>('SHOW server_version');
  const require = createRequire(import.meta.url);
  const versions = PACKAGES.map((name) => [name, versionOf(require, name)] as const);
  return { node: process.version, postgresql: row?.server_version ?? 'unknown', ...Object.fromEntries(versions) };
}

function versionOf(require: NodeJS.Require, name: string): string {
  // Some packages do not let their package.json be asked for by name.
  for (const directory of require.resolve.paths(name) ?? []) {
    try {
      return (require(`${directory}/${name}/package.json`) as { version: string }).version;
    } catch {
      // In a folder further up.
    }
  }
  return 'unknown';
}
