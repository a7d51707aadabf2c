import { movePeopleDigests } from '#app/customers/move-digests.ts';
import {
  addKeyVersion,
  destroyRetiredEmailVersions,
  newestKeyVersion,
  retireEmailVersionsBefore,
} from '#app/data/shop-key-rotation.ts';
import { beginRotation, getRotation, type RotationProgress, saveRotation } from '#app/data/rotation-progress.ts';
import { takeShopLock } from '#app/data/shop-lock.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import type { OpsContext } from '#app/ops/command.ts';
import { type RotationOptions, SETTLE_MS, settled } from '#app/ops/keys/rotate-shop.ts';
import { moveDelegateDigests } from '#app/privacy/agreements/delegates.ts';

export interface IndexRotation {
  readonly shopId: string;
  /** Digests that were made again. */
  readonly done: number;
  /** Rows whose digest under the old key stays, and with them the key. */
  readonly left: number;
}

/** Large, because each batch asks for the shop's keys while these are changing, and a key service is asked each time. */
const BATCH = 2_000;

/**
 * A new key for the digests of a shop's e-mails, while the shop is being used. In three steps, with a wait between them
 * after which no program remembers the keys of before:
 *
 * 1. The new key is announced: e-mails are looked for under both, and still written under the old one.
 * 2. In one transaction under the shop's lock, the new key writes and every digest is made again. One, because digests of
 *    two rows are compared with each other: somebody who is searched for meanwhile is found by all old or by all new ones.
 * 3. In another, what was written under the old key by somebody who had not heard of it is brought along, and the old
 *    key is destroyed, if no digest of it is left.
 *
 * Cut off, it goes on where it stopped: what was not committed was not done.
 */
export async function rotateIndex(
  context: OpsContext,
  shopId: string,
  { settleMs = SETTLE_MS, batch = BATCH }: RotationOptions = {},
): Promise<IndexRotation> {
  const { keyring, keyStore } = context;
  const name = `index:${shopId}`;
  const inShop = <T>(work: (tx: SqlTx) => Promise<T>) => withShopSql(context.pool('ci_app'), shopId, work);
  const progress = async (): Promise<RotationProgress> => {
    const found = await inShop((tx) => getRotation(tx, name));
    if (found === null) throw new Error('The rotation was not begun');
    return found;
  };
  const begun = await inShop(async (tx) => {
    const newest = await newestKeyVersion(tx, shopId, 'email');
    return newest === null ? null : beginRotation(tx, name, 'key', newest + 1);
  });
  // A shop without keys has no digests.
  if (begun === null) return { shopId, done: 0, left: 0 };
  const version = begun.target ?? 1;

  if (begun.step === 'key') {
    await inShop(async (tx) => {
      await addKeyVersion(tx, keyring, shopId, 'email', version);
      await saveRotation(tx, name, { step: 'announced', cursor: null, added: 0 });
    });
    keyStore.forget(shopId);
  }
  let at = await progress();
  if (at.step === 'announced') {
    await settled(context, at.stepAt, settleMs);
    await inShop(async (tx) => {
      await takeShopLock(tx, shopId);
      await retireEmailVersionsBefore(tx, shopId, version);
      keyStore.forget(shopId);
      const { changed } = await moveAll(context, tx, shopId, batch);
      await saveRotation(tx, name, { step: 'settling', cursor: null, added: changed });
    });
    keyStore.forget(shopId);
    at = await progress();
  }
  await settled(context, at.stepAt, settleMs);
  const left = await inShop(async (tx) => {
    await takeShopLock(tx, shopId);
    const moved = await moveAll(context, tx, shopId, batch);
    const isFinished = moved.left === 0;
    if (isFinished) await destroyRetiredEmailVersions(tx, shopId);
    await saveRotation(tx, name, {
      step: isFinished ? 'done' : 'settling',
      cursor: null,
      added: moved.changed,
      ...(isFinished ? { isFinished } : {}),
    });
    return moved.left;
  });
  keyStore.forget(shopId);
  const { done } = await progress();
  return { shopId, done, left };
}

async function moveAll(
  { keyStore, progress }: OpsContext,
  tx: SqlTx,
  shopId: string,
  batch: number,
): Promise<{ readonly changed: number; readonly left: number }> {
  let { changed, left } = await moveDelegateDigests(tx, keyStore, shopId);
  let seen = 0;
  let after: string | null = null;
  do {
    const found = await movePeopleDigests(tx, keyStore, shopId, after, batch);
    changed += found.changed;
    left += found.left;
    seen += found.seen;
    after = found.next;
    progress(`${String(seen)} people looked at, ${String(changed)} digests made again`);
  } while (after !== null);
  return { changed, left };
}
