import { INBOX_CHANNEL, notify } from '#app/data/channels.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { DAYS_KEPT } from '#app/ingest/days.ts';
import { topicOf } from '#app/shopify/topics.ts';

/** A webhook that could not be applied: kept, sealed, until its day goes. Says nothing of what it carries. */
export interface DeadLetter {
  readonly topic: string;
  readonly code: string;
  readonly attempts: number;
  readonly receivedAt: Date;
  readonly webhookId: string | null;
  /** When its day's partition and secret are destroyed, and with them the chance to replay it. */
  readonly gone: Date;
}

/** The shop's dead letters, oldest first. @param tx bound to the shop. */
export async function listDeadLetters(tx: SqlTx, shopId: string, atMost: number): Promise<DeadLetter[]> {
  const rows = await tx.query<{
    topic: number;
    failure_code: string;
    attempts: number;
    received_at: Date;
    webhook_id: string | null;
    gone: Date;
  }>(
    `SELECT topic, failure_code, attempts, received_at, webhook_id,
       (day + $3::int)::timestamp AT TIME ZONE 'UTC' AS gone
     FROM inbox.events
     WHERE shop_id = $1::uuid AND failure_code IS NOT NULL AND NOT pending AND sealed IS NOT NULL
     ORDER BY received_at LIMIT $2::int`,
    [shopId, atMost, DAYS_KEPT],
  );
  return rows.map((row) => ({
    topic: topicOf(row.topic),
    code: row.failure_code,
    attempts: row.attempts,
    receivedAt: row.received_at,
    webhookId: row.webhook_id,
    gone: row.gone,
  }));
}

/**
 * Gives the shop's dead letters another chance, all of them: the worker takes them like new webhooks. Replaying one that
 * was applied after all changes nothing.
 *
 * @returns how many.
 */
export async function replayDeadLetters(tx: SqlTx, shopId: string): Promise<number> {
  const rows = await tx.query(
    `UPDATE inbox.events SET pending = true, attempts = 0, retry_at = NULL, failure_code = NULL
     WHERE shop_id = $1::uuid AND failure_code IS NOT NULL AND NOT pending AND sealed IS NOT NULL RETURNING 1 AS one`,
    [shopId],
  );
  if (rows.length > 0) await notify(tx, INBOX_CHANNEL, shopId);
  return rows.length;
}
