import type { Pool } from 'pg';

import {
  boolArray,
  byteaArray,
  dateArray,
  int2Array,
  textArray,
  timestamptzArray,
  uuidArray,
} from '#app/data/binary-arrays.ts';
import { INBOX_CHANNEL } from '#app/data/channels.ts';

/** A sealed webhook on its way into the inbox. */
export interface InboxEntry {
  readonly shopId: string;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly topic: number;
  readonly digest: Buffer;
  readonly receivedAt: Date;
  readonly triggeredAt: Date | null;
  readonly dayFromReceipt: boolean;
  readonly webhookId: string;
  readonly eventId: string | null;
  /** Stored whatever the state of the shop. */
  readonly isExempt: boolean;
  readonly failureCode: string | null;
  /** Null when nothing of the body may be kept. */
  readonly sealed: Buffer | null;
}

/**
 * Duplicates meet the primary key and are left out. Whether the shop is still active is decided here, by the
 * transaction that stores; an uninstall that committed first wins. The worker is woken by the same commit. Two commits
 * that hold the same webhooks take them in the same order, so that neither waits for the other in a circle.
 */
const INSERT = {
  name: 'inbox-insert',
  text: `WITH input AS (
    SELECT * FROM unnest($1::uuid[], $2::date[], $3::smallint[], $4::bytea[], $5::timestamptz[], $6::timestamptz[],
      $7::boolean[], $8::text[], $9::text[], $10::boolean[], $11::text[], $12::bytea[])
      AS i (shop_id, day, topic, digest, received_at, triggered_at, day_from_receipt, webhook_id, event_id, is_exempt,
        failure_code, sealed)
  ), eligible AS (
    SELECT i.*, coalesce(live.epoch, 0) AS epoch
    FROM input i LEFT JOIN inbox.live_shops($1::uuid[]) AS live ON live.shop_id = i.shop_id
    WHERE i.is_exempt OR live.shop_id IS NOT NULL
  ), written AS (
    INSERT INTO inbox.events (shop_id, day, topic, digest, epoch, received_at, triggered_at, day_from_receipt,
      webhook_id, event_id, pending, failure_code, sealed)
    SELECT shop_id, day, topic, digest, epoch, received_at, triggered_at, day_from_receipt, webhook_id, event_id,
      failure_code IS NULL, failure_code, sealed
    FROM eligible ORDER BY shop_id, day, topic, digest ON CONFLICT DO NOTHING RETURNING 1
  )
  SELECT (SELECT count(*)::int FROM written) AS written, (SELECT count(*)::int FROM eligible) AS eligible,
    (SELECT pg_notify('${INBOX_CHANNEL}', $13)::text WHERE EXISTS (SELECT FROM written)) AS told`,
};

/** A notice holds less than 8,000 bytes; beyond that many shops the worker looks for itself. */
const MAX_SHOPS_TOLD = 200;

export interface Stored {
  /** Rows that are new. */
  readonly written: number;
  /** Entries of shops that may be stored for, new or known. */
  readonly eligible: number;
}

/** Stores entries in one transaction. @param pool acts as `ci_edge`. */
export async function insertEntries(pool: Pool, entries: readonly InboxEntry[]): Promise<Stored> {
  const shops = [...new Set(entries.map((entry) => entry.shopId))];
  const { rows } = await pool.query<Stored>({
    ...INSERT,
    values: [
      uuidArray(entries.map((entry) => entry.shopId)),
      dateArray(entries.map((entry) => entry.day)),
      int2Array(entries.map((entry) => entry.topic)),
      byteaArray(entries.map((entry) => entry.digest)),
      timestamptzArray(entries.map((entry) => entry.receivedAt)),
      timestamptzArray(entries.map((entry) => entry.triggeredAt)),
      boolArray(entries.map((entry) => entry.dayFromReceipt)),
      textArray(entries.map((entry) => entry.webhookId)),
      textArray(entries.map((entry) => entry.eventId)),
      boolArray(entries.map((entry) => entry.isExempt)),
      textArray(entries.map((entry) => entry.failureCode)),
      byteaArray(entries.map((entry) => entry.sealed)),
      shops.length <= MAX_SHOPS_TOLD ? shops.join(',') : '',
    ],
  });
  return rows[0] ?? { written: 0, eligible: 0 };
}
