import type { SqlTx } from '#app/data/sql-tx.ts';

/** A row that goes, as far as its person is concerned. */
export interface LastSeen {
  readonly personId: string | null;
  readonly clock: Date;
}

/** Remembers, with the people whose rows go, when the last of those was: their own term counts from there. */
export async function rememberActivity(tx: SqlTx, shopId: string, rows: readonly LastSeen[]): Promise<void> {
  const latest = new Map<string, number>();
  for (const { personId, clock } of rows) {
    if (personId !== null) latest.set(personId, Math.max(latest.get(personId) ?? 0, clock.getTime()));
  }
  if (latest.size === 0) return;
  await tx.query(
    `UPDATE app.people p SET last_active_at = greatest(p.first_seen_at, p.last_active_at, seen.at)
     FROM unnest($2::uuid[], $3::text[]::timestamptz[]) AS seen (id, at) WHERE p.shop_id = $1::uuid AND p.id = seen.id`,
    [shopId, [...latest.keys()], [...latest.values()].map((ms) => new Date(ms).toISOString())],
  );
}
