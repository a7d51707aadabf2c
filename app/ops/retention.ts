import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { createLogger } from '#app/log.ts';
import { type OpsCommand, UsageError } from '#app/ops/command.ts';
import { onOperatorRecord, onShopRecord, requireShop } from '#app/ops/on-record.ts';
import { ROW_RULES } from '#app/privacy/retention/expiry.ts';
import { previewRetention } from '#app/privacy/retention/preview.ts';
import { runRetention } from '#app/privacy/retention/run.ts';
import { listSettings, termsInForce } from '#app/privacy/retention/settings.ts';

/** `retention:preview SHOP`: what the next run would remove, and the coming months. */
export const previewRetentionCommand: OpsCommand = {
  name: 'retention:preview',
  usage: 'SHOP',
  about: 'What has had its time, and how much follows in each month. Counts only; removes nothing.',
  run: async (context, words) => {
    const preview = await onShopRecord(context, shopOf(words, 'retention:preview'), async (prisma, shopId) => {
      const tx = sqlTxOfPrisma(prisma);
      const terms = termsInForce(await listSettings(tx, shopId), context.now());
      return { terms, ...(await previewRetention(tx, shopId, terms, context.now())) };
    });
    const lines = ROW_RULES.map((rule) => {
      const { held, now, later } = preview.rules[rule];
      return `${rule}: ${String(held)} held, ${String(now)} due now, ${String(later[0])} more this month`;
    });
    return { data: preview, lines };
  },
};

/** `retention:run SHOP`: removes what has had its time, now rather than at night. */
export const retainCommand: OpsCommand = {
  name: 'retention:run',
  usage: 'SHOP [--clock-is-right]',
  about:
    'Removes what has had its time, or takes up a run that was broken off. --clock-is-right: somebody has looked, no run has been for more than a week.',
  options: { 'clock-is-right': { type: 'boolean' } },
  run: async (context, words, options) => {
    const { db, operator } = context;
    const { command, shop } = shopOf(words, 'retention:run');
    const shopId = await requireShop(context, shop);
    context.progress('Removing; it may be broken off and called again.');
    const deps = { db, now: () => context.now(), log: createLogger({ level: 'silent' }) };
    const isClockRight = options['clock-is-right'] === true;
    const outcome = await onOperatorRecord(context, { command, shopId }, () =>
      runRetention(deps, shopId, { actor: `operator:${operator}`, isClockRight }),
    );
    if (outcome.state === 'stopped') {
      return { data: outcome, lines: [`Stopped: ${outcome.reason ?? 'unknown'}.`], exitCode: 1 };
    }
    const removed = Object.entries(outcome.removed).map(([name, count]) => `${name}: ${String(count)} removed`);
    return { data: outcome, lines: removed.length === 0 ? ['Nothing has had its time.'] : removed };
  },
};

/** The one shop that these commands take. */
function shopOf(words: readonly string[], command: string) {
  const [shop] = words;
  if (shop === undefined || words.length !== 1)
    throw new UsageError(`${command} takes one shop: its myshopify.com domain, or our id of it from the log`);
  return { command, shop };
}
