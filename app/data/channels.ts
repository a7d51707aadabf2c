import type { SqlTx } from '#app/data/sql-tx.ts';

/** A shop has webhooks to apply; the payload is ids of shops behind commas, empty where there are too many to name. */
export const INBOX_CHANNEL = 'ci_inbox';

/** A shop starts or stops being one we may write for; the payload is its domain. */
export const SHOPS_CHANNEL = 'ci_shops';

/** A shop's keys changed: what is remembered of them is to be forgotten; the payload is the shop's id. */
export const KEYS_CHANNEL = 'ci_keys';

/** Tells every program that listens, when the transaction commits. */
export async function notify(
  tx: SqlTx,
  channel: typeof INBOX_CHANNEL | typeof SHOPS_CHANNEL | typeof KEYS_CHANNEL,
  payload: string,
): Promise<void> {
  await tx.query('SELECT pg_notify($1, $2)::text', [channel, payload]);
}
