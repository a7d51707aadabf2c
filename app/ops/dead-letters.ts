import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { listDeadLetters, replayDeadLetters } from '#app/ingest/dead-letters.ts';
import { type OpsCommand, UsageError } from '#app/ops/command.ts';
import { onShopRecord } from '#app/ops/on-record.ts';

const AT_MOST = 1_000;

/** `inbox:dead-letters SHOP`: webhooks of a shop that could not be applied. */
export const deadLettersCommand: OpsCommand = {
  name: 'inbox:dead-letters',
  usage: 'SHOP',
  about: 'Webhooks that could not be applied: topic, code, when they came and when they go.',
  run: async (context, words) => {
    const letters = await onShopRecord(context, shopOf(words, 'inbox:dead-letters'), (tx, shopId) =>
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
    const replayed = await onShopRecord(context, shopOf(words, 'inbox:replay'), (tx, shopId) =>
      replayDeadLetters(sqlTxOfPrisma(tx), shopId),
    );
    return { data: { replayed }, lines: [`${String(replayed)} given back to the worker.`] };
  },
};

/** The one shop that these commands take. */
function shopOf(words: readonly string[], command: string) {
  const [shop] = words;
  if (shop === undefined || words.length !== 1)
    throw new UsageError(`${command} takes one shop: its myshopify.com domain, or our id of it from the log`);
  return { command, shop };
}
