import { setTimeout as sleep } from 'node:timers/promises';

import { addKeyVersion, newestKeyVersion, destroyOldEncVersions } from '#app/data/shop-key-rotation.ts';
import {
  addSubjectKeyVersions,
  destroyOlderSubjectKeys,
  rewrapSubjectKeys,
  type SubjectCursor,
} from '#app/data/subject-key-rotation.ts';
import { CACHE_TTL_MS } from '#app/data/keys.ts';
import { type RowCursor, resealBatch, type SealedColumn } from '#app/data/reseal.ts';
import { beginRotation, getRotation, type RotationProgress, saveRotation } from '#app/data/rotation-progress.ts';
import { takeShopLock } from '#app/data/shop-lock.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import type { OpsContext } from '#app/ops/command.ts';
import { sealedColumns } from '#app/ops/keys/sealed-columns.ts';

/**
 * - `shop`: a new version of the shop's key. The subjects' keys are wrapped anew under it, and what the shop's key seals
 *   itself is sealed anew.
 * - `reencrypt`: new keys for the subjects as well, and everything is sealed anew.
 */
export type RotationKind = 'shop' | 'reencrypt';

export interface ShopRotation {
  readonly shopId: string;
  readonly done: number;
  /** Values that do not open. Then no key was retired: one of them may be theirs. */
  readonly unopenable: number;
}

/** After this long no program is left that remembers the keys of before, nor a transaction that uses them. */
export const SETTLE_MS = CACHE_TTL_MS + 60_000;
const BATCH = 500;

/** What rotates a shop's keys, and for how long the old ones are kept for those who are just using them. */
export interface RotationOptions {
  readonly settleMs?: number;
  readonly batch?: number;
}

/** Both parts, for one shop. */
export async function rotateShop(
  context: OpsContext,
  shopId: string,
  kind: RotationKind,
  options: RotationOptions = {},
): Promise<ShopRotation> {
  await bringUnderNewKeys(context, shopId, kind, options);
  return retireOldKeys(context, shopId, kind, options);
}

/**
 * The first part: makes the new keys and brings everything under them. The old ones stay and open what was sealed under
 * them, so that nobody's read fails meanwhile. Nothing is done twice; cut off, it goes on where it stopped.
 */
export async function bringUnderNewKeys(
  context: OpsContext,
  shopId: string,
  kind: RotationKind,
  { batch = BATCH }: RotationOptions = {},
): Promise<{ readonly unopenable: number }> {
  const { keyring, keyStore } = context;
  const name = rotationName(kind, shopId);
  const inShop = shopTransactions(context, shopId);
  const begun = await inShop(async (tx) => {
    const newest = await newestKeyVersion(tx, shopId, 'enc');
    return newest === null ? null : beginRotation(tx, name, 'key', newest + 1);
  });
  // A shop without keys has nothing that could be sealed.
  if (begun === null) return { unopenable: 0 };

  let at: RotationProgress = begun;
  const next = async (step: string) => {
    await inShop((tx) => saveRotation(tx, name, { step, cursor: null, added: 0 }));
    at = await inShop((tx) => mustGet(tx, name));
  };
  if (at.step === 'key') {
    await inShop((tx) => addKeyVersion(tx, keyring, shopId, 'enc', at.target ?? 1));
    keyStore.forget(shopId);
    await next('subjects');
  }
  if (at.step === 'subjects') {
    await walk<SubjectCursor>(at.cursor, (after) =>
      inShop(async (tx) => {
        await takeShopLock(tx, shopId);
        const found =
          kind === 'shop'
            ? await rewrapSubjectKeys(tx, keyStore, shopId, after, batch)
            : await addSubjectKeyVersions(tx, keyStore, shopId, at.startedAt, after, batch);
        await saveRotation(tx, name, { step: 'subjects', cursor: toText(found.next), added: found.changed });
        return found.next;
      }),
    );
    await next('seals');
  }
  let unopenable = 0;
  if (at.step === 'seals') {
    unopenable = await resealAll(context, shopId, kind, { name, step: 'seals', cursor: at.cursor, batch });
    await next('settling');
  }
  return { unopenable };
}

/**
 * The second part, when everybody who used the old keys has ended: brings along what was written under them meanwhile,
 * sees that nothing is left, and destroys them.
 */
export async function retireOldKeys(
  context: OpsContext,
  shopId: string,
  kind: RotationKind,
  { settleMs = SETTLE_MS, batch = BATCH }: RotationOptions = {},
): Promise<ShopRotation> {
  const { keyStore } = context;
  const name = rotationName(kind, shopId);
  const inShop = shopTransactions(context, shopId);
  const at = await inShop((tx) => getRotation(tx, name));
  if (at === null) return { shopId, done: 0, unopenable: 0 };
  if (at.finishedAt !== null) return { shopId, done: at.done, unopenable: 0 };
  await settled(context, at.stepAt, settleMs);

  // Keys that a program which had not heard of the new version wrapped under the old one.
  await walk<SubjectCursor>(null, (after) =>
    inShop(async (tx) => (await rewrapSubjectKeys(tx, keyStore, shopId, after, batch)).next),
  );
  const unopenable = await resealAll(context, shopId, kind, { name, step: 'settling', cursor: null, batch });
  if (unopenable > 0) return { shopId, done: at.done, unopenable };
  await inShop(async (tx) => {
    await takeShopLock(tx, shopId);
    if (kind === 'reencrypt') await destroyOlderSubjectKeys(tx, shopId);
    await destroyOldEncVersions(tx, shopId);
    await saveRotation(tx, name, { step: 'done', cursor: null, added: 0, isFinished: true });
  });
  keyStore.forget(shopId);
  const { done } = await inShop((tx) => mustGet(tx, name));
  return { shopId, done, unopenable: 0 };
}

/** Under which name the progress of a shop's rotation is kept. */
export function rotationName(kind: RotationKind, shopId: string): string {
  return `${kind}:${shopId}`;
}

function shopTransactions(context: OpsContext, shopId: string) {
  return <T>(work: (tx: SqlTx) => Promise<T>) => withShopSql(context.pool('ci_app'), shopId, work);
}

async function mustGet(tx: SqlTx, name: string): Promise<RotationProgress> {
  const progress = await getRotation(tx, name);
  if (progress === null) throw new Error('The rotation was not begun');
  return progress;
}

/** Goes over everything with a step that says where it came to. */
async function walk<Cursor>(
  from: string | null,
  step: (after: Cursor | null) => Promise<Cursor | null>,
): Promise<void> {
  let cursor = from === null ? null : (JSON.parse(from) as Cursor);
  do cursor = await step(cursor);
  while (cursor !== null);
}

interface ResealRun {
  readonly name: string;
  readonly step: string;
  readonly cursor: string | null;
  readonly batch: number;
}

/** Seals every value anew that an older version of its key sealed. @returns how many do not open. */
async function resealAll(
  context: OpsContext,
  shopId: string,
  kind: RotationKind,
  { name, step, cursor, batch }: ResealRun,
): Promise<number> {
  const { keyStore } = context;
  const inShop = shopTransactions(context, shopId);
  const all = await inShop((tx) => sealedColumns(tx));
  const columns = kind === 'shop' ? all.filter(({ sealedBy }) => sealedBy === 'shop') : all;
  const resumed = cursor === null ? null : (JSON.parse(cursor) as { at: string; after: RowCursor | null });
  const first =
    resumed === null
      ? 0
      : Math.max(
          0,
          columns.findIndex((column) => nameOfColumn(column) === resumed.at),
        );
  let unopenable = 0;
  for (const [index, column] of columns.slice(first).entries()) {
    let after = index === 0 && resumed !== null ? resumed.after : null;
    let changed = 0;
    do {
      after = await inShop(async (tx) => {
        // Whoever writes carts and people holds it too: two who lock the same rows in two orders would wait for each other.
        await takeShopLock(tx, shopId);
        const found = await resealBatch(tx, keyStore, shopId, column, after, batch);
        unopenable += found.unopenable;
        changed += found.changed;
        const where = JSON.stringify({ at: nameOfColumn(column), after: found.next });
        await saveRotation(tx, name, { step, cursor: where, added: found.changed });
        return found.next;
      });
    } while (after !== null);
    if (changed > 0) context.progress(`${nameOfColumn(column)}: ${String(changed)} sealed anew`);
  }
  return unopenable;
}

function nameOfColumn({ table, column }: SealedColumn): string {
  return `${table}.${column}`;
}

function toText(cursor: SubjectCursor | null): string | null {
  return cursor === null ? null : JSON.stringify(cursor);
}

/** Waits until `settleMs` after `since`, by the database's clock. */
export async function settled(context: OpsContext, since: Date, settleMs: number): Promise<void> {
  const { rows } = await context.pool('ci_app').query<{ now: Date }>('SELECT clock_timestamp() AS now');
  const left = since.getTime() + settleMs - (rows[0]?.now.getTime() ?? 0);
  if (left <= 0) return;
  context.progress(
    `Waiting ${String(Math.ceil(left / 1000))} s, until no program uses the old keys any more. It can be cut off: the next run goes on.`,
  );
  await sleep(left);
}
