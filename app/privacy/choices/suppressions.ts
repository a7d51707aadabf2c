import type { SqlTx } from '#app/data/sql-tx.ts';
import type { Choice } from '#app/privacy/choices/rules.ts';
import type { Mark } from '#app/privacy/forgotten/marks.ts';

/** What somebody does not want: the sale of their data, or being tied to carts at all. */
export type Refusal = 'sale-opt-out' | 'objection';
/** Who said so. What Shopify said, Shopify can take back; what the merchant or the person said, it cannot. */
export type RefusalSource = 'shopify' | 'merchant' | 'individual';

/** Why staff take back what was set here: it was a mistake, or the person wishes so. */
export const TAKE_BACK_REASONS = ['mistake', 'wish'] as const;
export type TakeBackReason = (typeof TAKE_BACK_REASONS)[number];

export interface NewRefusal {
  readonly what: Refusal;
  readonly source: RefusalSource;
  readonly at: Date;
  /** Whether Shopify says so, or has been told. */
  readonly isTold?: boolean;
  /** The request by which somebody objected, so that it can be taken back. */
  readonly requestId?: string | null;
}

/** Puts refusals into force. One that is in force stays as it began, and counts as looked at again. */
export async function suppress(
  tx: SqlTx,
  shopId: string,
  { what, source, at, isTold = false, requestId = null }: NewRefusal,
  marks: readonly Mark[],
): Promise<void> {
  const distinct = [...new Map(marks.map((mark) => [mark.tag, mark])).values()];
  if (distinct.length === 0) return;
  await tx.query(
    `INSERT INTO app.suppressions AS stored (shop_id, tag, what, kind, source, since, checked_at, told_at, request_id)
     SELECT $1::uuid, decode(tag, 'hex'), $2, kind, $3, $4::timestamptz, $4::timestamptz,
       CASE WHEN $7 THEN $4::timestamptz END, $8::uuid
     FROM unnest($5::text[], $6::text[]) AS new (tag, kind) ORDER BY tag
     ON CONFLICT (shop_id, tag, what) DO UPDATE SET ended_at = NULL, ended_why = NULL,
       request_id = coalesce(excluded.request_id, CASE WHEN stored.ended_at IS NULL THEN stored.request_id END),
       told_at = coalesce(excluded.told_at, CASE WHEN stored.ended_at IS NULL THEN stored.told_at END),
       checked_at = greatest(stored.checked_at, excluded.checked_at),
       since = CASE WHEN stored.ended_at IS NULL THEN stored.since ELSE excluded.since END,
       source = CASE WHEN stored.ended_at IS NULL AND excluded.source = 'shopify' THEN stored.source ELSE excluded.source END`,
    [shopId, what, source, at, distinct.map(({ tag }) => tag), distinct.map(({ kind }) => kind), isTold, requestId],
  );
}

/** Ends opt-outs that were set here. Shopify's own stay: what Shopify said, only Shopify takes back. @returns how many. */
export async function takeBackSaleOptOuts(
  tx: SqlTx,
  shopId: string,
  tags: readonly string[],
  { why, at }: { readonly why: TakeBackReason; readonly at: Date },
): Promise<number> {
  if (tags.length === 0) return 0;
  const ended = await tx.query(
    `UPDATE app.suppressions SET ended_at = $3::timestamptz, ended_why = $4
     WHERE shop_id = $1::uuid AND tag IN (SELECT decode(given, 'hex') FROM unnest($2::text[]) AS wanted (given))
       AND what = 'sale-opt-out' AND source <> 'shopify' AND ended_at IS NULL RETURNING 1`,
    [shopId, tags, at, why],
  );
  return ended.length;
}

/** Ends what was put into force by somebody's objection. What was cut loose stays loose; only new ties are allowed again. @returns how many. */
export async function takeBackObjection(
  tx: SqlTx,
  shopId: string,
  requestId: string,
  { why, at }: { readonly why: TakeBackReason; readonly at: Date },
): Promise<number> {
  const ended = await tx.query(
    `UPDATE app.suppressions SET ended_at = $3::timestamptz, ended_why = $4
     WHERE shop_id = $1::uuid AND request_id = $2::uuid AND what = 'objection' AND ended_at IS NULL RETURNING 1`,
    [shopId, requestId, at, why],
  );
  return ended.length;
}

/** Whether anything that a request put into force still is. */
export async function isObjectionInForce(tx: SqlTx, shopId: string, requestId: string): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM app.suppressions
     WHERE shop_id = $1::uuid AND request_id = $2::uuid AND what = 'objection' AND ended_at IS NULL LIMIT 1`,
    [shopId, requestId],
  );
  return rows.length > 0;
}

/** The request by which one of these objected; null where none did, or it is not known any more. */
export async function objectionRequestOf(tx: SqlTx, shopId: string, tags: readonly string[]): Promise<string | null> {
  const [row] = await tx.query<{ request_id: string | null }>(
    `SELECT request_id FROM app.suppressions
     WHERE shop_id = $1::uuid AND tag IN (SELECT decode(given, 'hex') FROM unnest($2::text[]) AS wanted (given))
       AND what = 'objection' AND ended_at IS NULL ORDER BY request_id NULLS LAST LIMIT 1`,
    [shopId, tags],
  );
  return row?.request_id ?? null;
}

/** Marks of opt-outs that were set here and that Shopify has not taken over yet. */
export async function untoldSaleOptOuts(tx: SqlTx, shopId: string): Promise<Set<string>> {
  const rows = await tx.query<{ tag: string }>(
    `SELECT encode(tag, 'hex') AS tag FROM app.suppressions
     WHERE shop_id = $1::uuid AND what = 'sale-opt-out' AND source <> 'shopify' AND ended_at IS NULL AND told_at IS NULL`,
    [shopId],
  );
  return new Set(rows.map(({ tag }) => tag));
}

/** Ends what Shopify has taken back. Other sources' refusals stay. */
export async function endSaleOptOuts(tx: SqlTx, shopId: string, tags: readonly string[], at: Date): Promise<void> {
  if (tags.length === 0) return;
  await tx.query(
    `UPDATE app.suppressions SET ended_at = $3::timestamptz, checked_at = $3::timestamptz
     WHERE shop_id = $1::uuid AND tag IN (SELECT decode(given, 'hex') FROM unnest($2::text[]) AS wanted (given))
       AND what = 'sale-opt-out' AND source = 'shopify' AND ended_at IS NULL`,
    [shopId, tags, at],
  );
}

/** The refusals in force under any of these tags, by tag: the further-reaching one where there are two. */
export async function findSuppressed(
  tx: SqlTx,
  shopId: string,
  tags: readonly string[],
): Promise<Map<string, Extract<Choice, 'opted-out' | 'objected'>>> {
  if (tags.length === 0) return new Map();
  const rows = await tx.query<{ tag: string; objected: boolean }>(
    `SELECT encode(tag, 'hex') AS tag, bool_or(what = 'objection') AS objected FROM app.suppressions
     WHERE shop_id = $1::uuid AND ended_at IS NULL
       AND tag IN (SELECT decode(given, 'hex') FROM unnest($2::text[]) AS wanted (given))
     GROUP BY tag`,
    [shopId, tags],
  );
  return new Map(rows.map(({ tag, objected }) => [tag, objected ? 'objected' : 'opted-out']));
}
