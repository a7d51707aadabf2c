import type { ErasureDeps } from '#app/privacy/erasure/work-erasure.ts';
import type { IngestWorld } from '#test/support/ingest-world.ts';

/** What an erasure works with, as the worker has it; `more` replaces parts. */
export function erasureDeps(world: IngestWorld, more: Partial<ErasureDeps> = {}): ErasureDeps {
  const { db, pool, keyStore, keyring, inboxKeys, log } = world;
  return { db, pool, keyStore, keyring, inboxKeys, log, clock: () => new Date(), backupDays: null, ...more };
}
