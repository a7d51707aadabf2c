import { byteaArray, dateArray, int2Array } from '#app/data/binary-arrays.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { InboxKey } from '#app/ingest/apply/event.ts';

/** A webhook as it lies in the inbox: sealed. */
export interface InboxRow extends InboxKey {
  readonly epoch: number;
  readonly receivedAt: Date;
  readonly triggeredAt: Date | null;
  readonly webhookId: string | null;
  readonly attempts: number;
  readonly sealed: Buffer | null;
}

interface StoredRow {
  day: string;
  topic: number;
  digest: Buffer;
  epoch: number;
  received_at: Date;
  triggered_at: Date | null;
  webhook_id: string | null;
  attempts: number;
  sealed: Buffer | null;
}

const COLUMNS = `to_char(day, 'YYYY-MM-DD') AS day, topic, digest, epoch, received_at, triggered_at, webhook_id, attempts, sealed`;
const IS_ONE_OF = `(day, topic, digest) IN (SELECT * FROM unnest($2::date[], $3::smallint[], $4::bytea[]))`;

/** Rows that are due, oldest first. */
export async function selectDue(tx: SqlTx, shopId: string, atMost: number): Promise<InboxRow[]> {
  const rows = await tx.query<StoredRow>(
    `SELECT ${COLUMNS} FROM inbox.events
     WHERE shop_id = $1 AND pending AND (retry_at IS NULL OR retry_at <= clock_timestamp())
     ORDER BY received_at LIMIT $2`,
    [shopId, atMost],
  );
  return rows.map(inboxRow);
}

/** Those of the given rows that are still pending. */
export async function selectPending(tx: SqlTx, shopId: string, keys: readonly InboxKey[]): Promise<InboxRow[]> {
  const rows = await tx.query<StoredRow>(
    `SELECT ${COLUMNS} FROM inbox.events WHERE shop_id = $1 AND pending AND ${IS_ONE_OF} ORDER BY received_at`,
    [shopId, ...keyArrays(keys)],
  );
  return rows.map(inboxRow);
}

/** Profile updates and deletions that wait for these customers, of this installation: an earlier one's agreement has ended. */
export async function selectParked(
  tx: SqlTx,
  shopId: string,
  epoch: number,
  refs: readonly Buffer[],
): Promise<InboxRow[]> {
  if (refs.length === 0) return [];
  const rows = await tx.query<StoredRow>(
    `SELECT ${COLUMNS} FROM inbox.events WHERE shop_id = $1 AND epoch = $2 AND parked_ref = ANY ($3::bytea[])`,
    [shopId, epoch, refs],
  );
  return rows.map(inboxRow);
}

/** Rows that still carry something, in the order of their keys: whatever waits, is parked or was given up. */
export async function selectSealed(
  tx: SqlTx,
  shopId: string,
  after: InboxKey | null,
  atMost: number,
): Promise<InboxRow[]> {
  const rows = await tx.query<StoredRow>(
    `SELECT ${COLUMNS} FROM inbox.events
     WHERE shop_id = $1 AND sealed IS NOT NULL
       AND ($2::date IS NULL OR (day, topic, digest) > ($2::date, $3::smallint, $4::bytea))
     ORDER BY day, topic, digest LIMIT $5`,
    [shopId, after?.day ?? null, after?.topic ?? null, after?.digest ?? null, atMost],
  );
  return rows.map(inboxRow);
}

/** Done: the row stays, so that a duplicate is known for one; what it carried goes. */
export async function markDone(tx: SqlTx, shopId: string, keys: readonly InboxKey[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.query(
    `UPDATE inbox.events SET pending = false, retry_at = NULL, failure_code = NULL, parked_ref = NULL, sealed = NULL
     WHERE shop_id = $1 AND ${IS_ONE_OF}`,
    [shopId, ...keyArrays(keys)],
  );
}

/** Put on the shelf until the customer turns up; it goes with the day's partition at the latest. */
export async function markParked(
  tx: SqlTx,
  shopId: string,
  parked: readonly { key: InboxKey; ref: Buffer }[],
): Promise<void> {
  if (parked.length === 0) return;
  await tx.query(
    `UPDATE inbox.events e SET pending = false, retry_at = NULL, parked_ref = shelf.ref
     FROM unnest($2::date[], $3::smallint[], $4::bytea[], $5::bytea[]) AS shelf (day, topic, digest, ref)
     WHERE e.shop_id = $1 AND e.day = shelf.day AND e.topic = shelf.topic AND e.digest = shelf.digest`,
    [shopId, ...keyArrays(parked.map(({ key }) => key)), byteaArray(parked.map(({ ref }) => ref))],
  );
}

/** Takes what waits for these customers off the shelf, whatever installation it is of, and lets what it carried go. */
export async function dropParked(tx: SqlTx, shopId: string, refs: readonly Buffer[]): Promise<void> {
  if (refs.length === 0) return;
  await tx.query(
    `UPDATE inbox.events SET sealed = NULL, parked_ref = NULL
     WHERE shop_id = $1::uuid AND parked_ref IN (SELECT decode(ref, 'hex') FROM unnest($2::text[]) AS given (ref))`,
    [shopId, refs.map((ref) => ref.toString('hex'))],
  );
}

/** Off the shelf and back in line: what it waited for has come. */
export async function unpark(tx: SqlTx, shopId: string, keys: readonly InboxKey[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.query(`UPDATE inbox.events SET pending = true, parked_ref = NULL WHERE shop_id = $1 AND ${IS_ONE_OF}`, [
    shopId,
    ...keyArrays(keys),
  ]);
}

/** Failed, unless somebody else has applied it or marked it meanwhile: tried again later, or kept aside, sealed, as a dead letter that can be replayed while its day lasts. */
export async function markFailed(
  tx: SqlTx,
  shopId: string,
  key: InboxKey,
  failure: { code: string; attempts: number; retryAt: Date | null },
): Promise<void> {
  await tx.query(
    `UPDATE inbox.events SET attempts = $5, failure_code = $6, retry_at = $7::timestamptz, pending = $7::timestamptz IS NOT NULL
     WHERE shop_id = $1 AND ${IS_ONE_OF} AND pending AND attempts = $5 - 1`,
    [shopId, ...keyArrays([key]), failure.attempts, failure.code, failure.retryAt],
  );
}

function keyArrays(keys: readonly InboxKey[]): unknown[] {
  return [
    dateArray(keys.map((key) => key.day)),
    int2Array(keys.map((key) => key.topic)),
    byteaArray(keys.map((key) => key.digest)),
  ];
}

function inboxRow(row: StoredRow): InboxRow {
  return {
    day: row.day,
    topic: row.topic,
    digest: row.digest,
    epoch: row.epoch,
    receivedAt: row.received_at,
    triggeredAt: row.triggered_at,
    webhookId: row.webhook_id,
    attempts: row.attempts,
    sealed: row.sealed,
  };
}
