import { v7 as uuidv7 } from 'uuid';

import { writeOperatorRecord } from '#app/access/operator-record.ts';
import { type AccessRecordEntry, type Outcome, writeAccessRecord } from '#app/access/record.ts';
import { isUuid } from '#app/data/uuid.ts';
import { getShopIdByDomain, type ShopTx, withShop } from '#app/data/with-shop.ts';
import { type OpsContext, UsageError } from '#app/ops/command.ts';
import type { Purpose } from '#app/privacy/purposes.ts';

/** A command that is about to run, as the records name it. */
export interface CommandOnRecord {
  /** `keys:status` */
  readonly command: string;
  /** Default: security. */
  readonly purpose?: Purpose;
  /** Why, where the command asks for it: a word from a list. */
  readonly reason?: string;
  /** The shop it is about, if any: then the merchant finds it in the shop's own log as well. */
  readonly shopId?: string;
}

/**
 * Runs an operator's command on record: that it was started is committed before `work` begins, how it ended after. A
 * command that was killed is one that started and never ended.
 *
 * `work` takes care of its own transactions. For a command that is one transaction of one shop there is {@link onShopRecord}.
 *
 * @throws whatever `work` throws; and when the record cannot be written, before anything was done.
 */
export async function onOperatorRecord<T>(
  context: OpsContext,
  { command, purpose = 'security', reason, shopId }: CommandOnRecord,
  work: () => Promise<T>,
): Promise<T> {
  const { db, now, operator } = context;
  const requestId = uuidv7();
  const record = async (outcome: Outcome) => {
    const entry: AccessRecordEntry = {
      at: now(),
      actor: `operator:${operator}`,
      purpose,
      page: `ops ${command}`,
      requestId,
      ...(reason === undefined ? {} : { reason }),
      fields: [],
      subjects: [],
      valueCount: 0,
      outcome,
    };
    await writeOperatorRecord(db, { ...entry, ...(shopId === undefined ? {} : { aboutShop: shopId }) });
    if (shopId !== undefined) await withShop(db, shopId, (tx) => recordInShop(tx, shopId, entry));
  };
  await record('started');
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // The command's own failure is the one to tell; an unfinished record says the same.
    await record('failed').catch(() => undefined);
    throw error;
  }
  await record('done');
  return result;
}

/** A shop that is erased has no log any more, or one that is going: then the operators' own record is the one there is. */
async function recordInShop(tx: ShopTx, shopId: string, entry: AccessRecordEntry): Promise<void> {
  const shop = await tx.shop.findUnique({ where: { id: shopId }, select: { status: true } });
  if (shop?.status !== 'redacted') await writeAccessRecord(tx, shopId, entry);
}

/** {@link onOperatorRecord} for work in one transaction of the named shop. */
export async function onShopRecord<T>(
  context: OpsContext,
  { command, purpose, shop }: { readonly command: string; readonly purpose?: Purpose; readonly shop: string },
  work: (tx: ShopTx, shopId: string) => Promise<T>,
): Promise<T> {
  const shopId = await requireShop(context, shop);
  const onRecord = { command, shopId, ...(purpose === undefined ? {} : { purpose }) };
  return onOperatorRecord(context, onRecord, () => withShop(context.db, shopId, (tx) => work(tx, shopId)));
}

/**
 * Our id of the shop that an operator names by its myshopify.com domain or by our id, which log lines say.
 *
 * @throws UsageError when no such shop has spoken to us.
 */
export async function requireShop({ db }: OpsContext, shop: string): Promise<string> {
  const shopId = isUuid(shop) ? await knownShop(db, shop) : await getShopIdByDomain(db, shop);
  if (shopId === null) throw new UsageError('No such shop has spoken to us');
  return shopId;
}

async function knownShop(db: OpsContext['db'], shopId: string): Promise<string | null> {
  const row = await withShop(db, shopId, (tx) => tx.shop.findUnique({ where: { id: shopId }, select: { id: true } }));
  return row?.id ?? null;
}
