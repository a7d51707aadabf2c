import type { SqlTx } from '#app/data/sql-tx.ts';
import type { Choice } from '#app/privacy/choices/rules.ts';
import type { Mark } from '#app/privacy/forgotten/marks.ts';

/** What somebody does not want: the sale of their data, or being tied to carts at all. */
export type Refusal = 'sale-opt-out' | 'objection';
/** Who said so. What Shopify said, Shopify can take back; what the merchant or the person said, it cannot. */
export type RefusalSource = 'shopify' | 'merchant' | 'individual';

/** Puts refusals into force. One that is in force stays as it began, and counts as looked at again. */
export async function suppress(
  tx: SqlTx,
  shopId: string,
  { what, source, at }: { readonly what: Refusal; readonly source: RefusalSource; readonly at: Date },
  marks: readonly Mark[],
): Promise<void> {
  const distinct = [...new Map(marks.map((mark) => [mark.tag, mark])).values()];
  if (distinct.length === 0) return;
  await tx.query(
    `INSERT INTO app.suppressions AS stored (shop_id, tag, what, kind, source, since, checked_at)
     SELECT $1::uuid, decode(tag, 'hex'), $2, kind, $3, $4::timestamptz, $4::timestamptz
     FROM unnest($5::text[], $6::text[]) AS new (tag, kind) ORDER BY tag
     ON CONFLICT (shop_id, tag, what) DO UPDATE SET ended_at = NULL,
       checked_at = greatest(stored.checked_at, excluded.checked_at),
       since = CASE WHEN stored.ended_at IS NULL THEN stored.since ELSE excluded.since END,
       source = CASE WHEN stored.ended_at IS NULL AND excluded.source = 'shopify' THEN stored.source ELSE excluded.source END`,
    [shopId, what, source, at, distinct.map(({ tag }) => tag), distinct.map(({ kind }) => kind)],
  );
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
