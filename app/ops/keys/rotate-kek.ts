import { OPERATORS_CHAIN } from '#app/access/operator-record.ts';
import { type KekUse, kekUses } from '#app/data/key-counts.ts';
import { rewrapShopKeys } from '#app/data/shop-key-rotation.ts';
import { beginRotation, saveRotation } from '#app/data/rotation-progress.ts';
import { rewrapSigningKeys } from '#app/data/signing-key.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import { type DayKeyRow, dayContext } from '#app/ingest/day-keys.ts';
import type { OpsContext } from '#app/ops/command.ts';

/** What was wrapped anew, and what is still wrapped by other keys than the primary. */
export interface KekRotation {
  readonly primary: string;
  readonly shops: number;
  readonly rewrapped: number;
  /** Uses of other keys that are left: made meanwhile by a program that runs with an older setting. */
  readonly left: readonly KekUse[];
}

const REPORT_EVERY = 200;

/**
 * Wraps everything anew that another key-encryption key than the primary wraps: shop keys, the inbox's days, signing
 * keys. Nothing that is sealed changes, and who reads meanwhile finds the old wrapping or the new one.
 *
 * Cut off, it goes on where it stopped; done twice, it finds nothing to do.
 *
 * @param all also what the primary wraps already: after a key service has rotated what lies behind the key's name.
 */
export async function rotateKek(context: OpsContext, all: boolean): Promise<KekRotation> {
  const { keyring } = context;
  const name = `kek:${keyring.primaryId}${all ? ':all' : ''}`;
  const begun = await inNoShop(context, (tx) => beginRotation(tx, name, 'shops'));
  const shopIds = await everyShop(context);
  const from = begun.step === 'shops' ? (begun.cursor ?? '') : '~';
  let [shops, rewrapped] = [0, 0];
  for (const shopId of shopIds.filter((id) => id > from)) {
    rewrapped += await withShopSql(context.pool('ci_app'), shopId, async (tx) => {
      const added = await rewrapShopKeys(tx, keyring, shopId, all);
      await saveRotation(tx, name, { step: 'shops', cursor: shopId, added });
      return added;
    });
    shops += 1;
    if (shops % REPORT_EVERY === 0) context.progress(`${String(shops)} of ${String(shopIds.length)} shops`);
  }
  const days = await rewrapDays(context, all);
  rewrapped += days;
  return inNoShop(context, async (tx) => {
    const signing = await rewrapSigningKeys(tx, keyring, all);
    await saveRotation(tx, name, { step: 'done', cursor: null, added: days + signing, isFinished: true });
    const uses = await kekUses(tx);
    return {
      primary: keyring.primaryId,
      shops: shopIds.length,
      rewrapped: rewrapped + signing,
      left: uses.filter(({ kekId }) => kekId !== keyring.primaryId),
    };
  });
}

/** The ids of all shops that have ever spoken to us, in order. */
export async function everyShop(context: OpsContext): Promise<string[]> {
  const { rows } = await context
    .pool('ci_dispatch')
    .query<{ shop_id: string }>('SELECT shop_id FROM inbox.installations() ORDER BY shop_id');
  return rows.map((row) => row.shop_id);
}

/** A transaction that is about no shop. */
export function inNoShop<T>(context: OpsContext, work: (tx: SqlTx) => Promise<T>): Promise<T> {
  return withShopSql(context.pool('ci_app'), OPERATORS_CHAIN, work);
}

async function rewrapDays(context: OpsContext, all: boolean): Promise<number> {
  const { keyring } = context;
  const maintenance = context.pool('ci_maintenance');
  const { rows } = await maintenance.query<DayKeyRow>(
    `SELECT to_char(day, 'YYYY-MM-DD') AS day, kek_id, wrapped FROM inbox.day_keys() ORDER BY day`,
  );
  let changed = 0;
  for (const { day, kek_id, wrapped } of rows) {
    if (!all && kek_id === keyring.primaryId) continue;
    const secret = await keyring.unwrap(kek_id, wrapped, dayContext(day));
    const rewrap = await keyring.wrap(secret, dayContext(day));
    secret.fill(0);
    const answer = await maintenance.query<{ done: boolean }>('SELECT inbox.rewrap_day($1::date, $2, $3, $4) AS done', [
      day,
      wrapped,
      rewrap.kekId,
      rewrap.wrapped,
    ]);
    if (answer.rows[0]?.done === true) changed += 1;
  }
  return changed;
}
