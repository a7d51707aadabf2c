import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { BENCH_SECRET, domainOf } from '#test/bench/load/plan.ts';
import type { PeerSettings } from '#test/bench/peers/shared/settings.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';
import { postgresUrl } from '#test/support/postgres.ts';

const PEERS = fileURLToPath(new URL('../peers/prisma/', import.meta.url));

/** Makes Prisma's client for the peers' tables. @throws when Prisma does. */
export function generatePeerClient(): void {
  const prisma = join(dirname(createRequire(import.meta.url).resolve('prisma/package.json')), 'build', 'index.js');
  const { status, stderr } = spawnSync(
    process.execPath,
    [prisma, 'generate', '--schema', join(PEERS, 'schema.prisma'), '--no-hints'],
    // Without the variable, Prisma would download an engine that nothing here uses.
    {
      encoding: 'utf8',
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
    },
  );
  if (status !== 0) throw new Error(`Prisma's client for the peers could not be made:\n${stderr}`);
}

/** Makes the peers' tables in a world's database, with a session for every shop. They act as superuser: no policies for them. */
export async function addPeerTables(world: BenchWorld): Promise<PeerSettings> {
  await world.query(await readFile(join(PEERS, 'tables.sql'), 'utf8'));
  await world.query(
    `INSERT INTO peer."Session" (id, shop, state, "isOnline", scope, "accessToken")
     SELECT 'offline_' || domain, domain, 'x', false, 'read_orders', 'shpat_benchmark' FROM unnest($1::text[]) AS domain`,
    [world.shopIds.map((_, shop) => domainOf(shop))],
  );
  return {
    databaseUrl: postgresUrl(world.server, world.database.name),
    apiSecret: BENCH_SECRET,
    key: randomBytes(32),
  };
}

export async function resetPeerTables(world: BenchWorld): Promise<void> {
  await world.query('TRUNCATE peer."Webhook", peer."Cart"');
  await world.query('CHECKPOINT');
}
