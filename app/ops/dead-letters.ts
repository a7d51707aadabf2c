import { v7 as uuidv7 } from 'uuid';

import { writeAccessRecord } from '#app/access/record.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { getShopIdByDomain, type ShopTx, withShop } from '#app/data/with-shop.ts';
import { listDeadLetters, replayDeadLetters } from '#app/ingest/dead-letters.ts';
import { type OpsCommand, type OpsContext, UsageError } from '#app/ops/command.ts';

const AT_MOST = 1_000;
/** Log lines name a shop by our id; an operator may copy it from there. */
const SHOP_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `inbox:dead-letters SHOP`: webhooks of a shop that could not be applied. */
export const deadLettersCommand: OpsCommand = {
  name: 'inbox:dead-letters',
  usage: 'SHOP',
  about: 'Webhooks that could not be applied: topic, code, when they came and when they go.',
  run: async (context, words) => {
    const letters = await onRecord(context, words, 'inbox:dead-letters', (tx, shopId) =>
      listDeadLetters(sqlTxOfPrisma(tx), shopId, AT_MOST),
    );
    const lines = letters.map(
      (letter) =>
        `${letter.receivedAt.toISOString()}  ${letter.topic}  ${letter.code}  tried ${String(letter.attempts)} times, kept until ${letter.gone.toISOString().slice(0, 10)}`,
    );
    return { data: { deadLetters: letters }, lines: lines.length === 0 ? ['No dead letters.'] : lines };
  },
};

/** `inbox:replay SHOP`: gives a shop's dead letters another chance. */
export const replayCommand: OpsCommand = {
  name: 'inbox:replay',
  usage: 'SHOP',
  about: 'Gives a shop’s dead letters another chance; what was applied already changes nothing.',
  run: async (context, words) => {
    const replayed = await onRecord(context, words, 'inbox:replay', (tx, shopId) =>
      replayDeadLetters(sqlTxOfPrisma(tx), shopId),
    );
    return { data: { replayed }, lines: [`${String(replayed)} given back to the worker.`] };
  },
};

/** Runs `work` for the named shop with an access record of the operator in the same transaction. */
async function onRecord<T>(
  { db, now, operator }: OpsContext,
  words: readonly string[],
  page: string,
  work: (tx: ShopTx, shopId: string) => Promise<T>,
): Promise<T> {
  const [domain] = words;
  if (domain === undefined || words.length !== 1)
    throw new UsageError(`${page} takes one shop: its myshopify.com domain, or our id of it from the log`);
  const shopId = SHOP_ID.test(domain) ? domain : await getShopIdByDomain(db, domain);
  if (shopId === null) throw new UsageError('No such shop has spoken to us');
  return withShop(db, shopId, async (tx) => {
    await writeAccessRecord(tx, shopId, {
      at: now(),
      actor: `operator:${operator}`,
      purpose: 'security',
      page: `ops ${page}`,
      requestId: uuidv7(),
      fields: [],
      subjects: [],
      valueCount: 0,
    });
    return work(tx, shopId);
  });
}
