import { link, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { checkAccessLog } from '#app/access/log/check.ts';
import { signCheckpoint } from '#app/access/log/checkpoint.ts';
import { lookForUnusual } from '#app/access/log/look.ts';
import { statementRoot } from '#app/access/log/statement.ts';
import { OPERATORS_CHAIN } from '#app/access/operator-record.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';
import type { JobQueue } from '#app/jobs/queue.ts';
import type { JobHandlers } from '#app/jobs/runner.ts';
import type { AppLog } from '#app/log.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import type { ShopLists } from '#app/worker/shop-lists.ts';

export interface AccessLogJobDeps extends Pick<ShopLists, 'activeShops' | 'allShops'> {
  readonly db: Database;
  readonly keyring: Keyring;
  readonly queue: JobQueue;
  readonly log: AppLog;
  readonly now: () => Date;
  /** Where checkpoints are written for keeping elsewhere; null when the operator has named no place. */
  readonly checkpointDirectory: string | null;
}

type AccessLogJob = Extract<keyof JobHandlers, `access-log.${string}`>;

/** The jobs around the access log: looking for what is unusual, verifying, and writing checkpoints outside the database. */
export function createAccessLogJobs(deps: AccessLogJobDeps): Pick<JobHandlers, AccessLogJob> {
  const { db, queue, log, now, activeShops, allShops } = deps;
  return {
    'access-log.hourly': async () => {
      for (const shopId of await activeShops()) {
        await withShop(db, shopId, (tx) => queue.add(sqlTxOfPrisma(tx), 'access-log.look', { shopId }));
      }
    },
    'access-log.look': async ({ shopId }) => {
      const count = await withShop(db, shopId, (tx) => lookForUnusual(tx, shopId, now()));
      if (count > 0) log.warn('access-log.unusual', { shopId, count });
    },
    'access-log.nightly': async () => {
      for (const shopId of [OPERATORS_CHAIN, ...(await allShops())]) {
        await withShop(db, shopId, (tx) => queue.add(sqlTxOfPrisma(tx), 'access-log.verify', { shopId }));
      }
    },
    'access-log.verify': async ({ shopId }) => {
      const { isIntact, faultCount } = await checkAccessLog(deps, shopId, now());
      if (!isIntact) log.error('access-log.not-intact', { shopId, count: faultCount });
    },
    'access-log.checkpoint': () => writeCheckpoint(deps),
  };
}

/** Signs how far every chain has grown, says its root in the program's log, and writes it where the operator wants it kept. */
async function writeCheckpoint(deps: AccessLogJobDeps): Promise<void> {
  const { allShops, checkpointDirectory, log, now } = deps;
  const note = await signCheckpoint(deps, [OPERATORS_CHAIN, ...(await allShops())]);
  if (checkpointDirectory !== null) {
    const name = `access-log-${now().toISOString().replaceAll(/[:.]/g, '-')}.txt`;
    // Never over another one: that is what it is to be compared with.
    await writeWhole(join(checkpointDirectory, name), note);
  }
  log.info('access-log.checkpoint', { root: statementRoot(note) });
}

/** A file that is there is whole: it gets its name once everything is in it, and never in the place of another. */
async function writeWhole(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${String(process.pid)}.unfinished`;
  await writeFile(unfinished, text, { mode: 0o644 });
  try {
    await link(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}
