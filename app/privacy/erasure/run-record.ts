import type { KeyStore } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { addErased, type ErasedRows } from '#app/privacy/erasure/erase-rows.ts';
import { sealJson } from '#app/vault/sealed-json.ts';

/** What an erasure removed, by numbers. */
export interface RunCounts {
  readonly tables: readonly { readonly table: string; readonly before: number; readonly after: number }[];
  readonly keysDestroyed: number;
  readonly tombstones: number;
  readonly inboxDropped: number;
  readonly inboxUnopened: number;
  /** What turned out later to belong to the person, and was erased then: what no receipt counts yet. */
  readonly followed?: FollowedCounts;
}

export interface FollowedCounts extends ErasedRows {
  /** When it was erased, the last of it. */
  readonly at: string;
}

/** What has to be looked for afterwards; sealed under the request's own key, which ends with the request. */
export interface RunEvidence {
  readonly customerIds: readonly string[];
  readonly emails: readonly string[];
  readonly orderIds: readonly string[];
  readonly ids: readonly string[];
  readonly refs: readonly string[];
}

/** An erasure whose rows and keys are gone, and that has still to be checked. */
export interface ErasureRun {
  readonly erasedAt: Date;
  readonly counts: RunCounts;
  readonly sealed: Uint8Array | null;
}

export const RUN_FIELDS = ['customerIds', 'emails', 'orderIds', 'ids', 'refs'] as const;

/** Where a run's sealed evidence lies; part of what the seal is bound to. */
export function runPlace(shopId: string, requestId: string) {
  return { shop: shopId, table: 'erasure_runs', column: 'sealed', row: requestId };
}

export async function readRun(tx: SqlTx, shopId: string, requestId: string): Promise<ErasureRun | null> {
  const [row] = await tx.query<ErasureRun>(
    `SELECT erased_at AS "erasedAt", counts, sealed FROM app.erasure_runs
     WHERE shop_id = $1::uuid AND request_id = $2::uuid`,
    [shopId, requestId],
  );
  return row ?? null;
}

/** Writes a run, or what a repeated one removed on top of the first. The first one's time stays. */
export async function saveRun(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  requestId: string,
  run: { readonly erasedAt: Date; readonly counts: RunCounts; readonly evidence: RunEvidence },
): Promise<void> {
  const { erasedAt, counts, evidence } = run;
  const key = (await keyStore.subjectKeys(tx, shopId, 'request', [requestId])).get(requestId);
  if (key === undefined) throw new Error('The request has no key any more');
  await tx.query(
    `INSERT INTO app.erasure_runs (shop_id, request_id, erased_at, counts, sealed)
     VALUES ($1::uuid, $2::uuid, $3::timestamptz, $4::text::jsonb, decode($5, 'hex'))
     ON CONFLICT (shop_id, request_id) DO UPDATE SET counts = excluded.counts, sealed = excluded.sealed`,
    [
      shopId,
      requestId,
      erasedAt,
      JSON.stringify(counts),
      sealJson(key.key, evidence, runPlace(shopId, requestId)).toString('hex'),
    ],
  );
}

/** Notes what was erased for a request after its erasure. Where the request has gone with its time, nothing counts any more. */
export async function noteFollowed(
  tx: SqlTx,
  shopId: string,
  requestId: string,
  erased: ErasedRows,
  at: Date,
): Promise<void> {
  if (rowsOf(erased) + erased.keysDestroyed === 0) return;
  const run = await lockRun(tx, shopId, requestId);
  if (run === null) return;
  const followed: FollowedCounts = { ...addErased(run.counts.followed, erased), at: at.toISOString() };
  await saveCounts(tx, shopId, requestId, { ...run.counts, followed });
}

/** Takes what was noted so far into the counts, which a receipt is about to state. @returns the run as it is now. */
export async function takeFollowed(tx: SqlTx, shopId: string, requestId: string): Promise<ErasureRun | null> {
  const run = await lockRun(tx, shopId, requestId);
  if (run?.counts.followed === undefined) return run;
  const { followed, ...counts } = run.counts;
  const taken = { ...counts, ...addErased(counts, followed) };
  await saveCounts(tx, shopId, requestId, taken);
  return { ...run, counts: taken };
}

/** What was erased since the receipt of a request, by numbers; null where nothing was. */
export function followedSince(run: ErasureRun | null): { rows: number; keys: number; at: Date } | null {
  const followed = run?.counts.followed;
  return followed === undefined
    ? null
    : { rows: rowsOf(followed), keys: followed.keysDestroyed, at: new Date(followed.at) };
}

function rowsOf({ tables }: Pick<ErasedRows, 'tables'>): number {
  return tables.reduce((sum, { before, after }) => sum + before - after, 0);
}

async function lockRun(tx: SqlTx, shopId: string, requestId: string): Promise<ErasureRun | null> {
  await tx.query('SELECT FROM app.erasure_runs WHERE shop_id = $1::uuid AND request_id = $2::uuid FOR UPDATE', [
    shopId,
    requestId,
  ]);
  return readRun(tx, shopId, requestId);
}

async function saveCounts(tx: SqlTx, shopId: string, requestId: string, counts: RunCounts): Promise<void> {
  await tx.query(
    `UPDATE app.erasure_runs SET counts = $3::text::jsonb WHERE shop_id = $1::uuid AND request_id = $2::uuid`,
    [shopId, requestId, JSON.stringify(counts)],
  );
}

/** Counts of a first and a repeated run. */
export function addCounts(first: RunCounts | undefined, again: RunCounts): RunCounts {
  if (first === undefined) return again;
  return {
    ...addErased(first, again),
    ...(first.followed === undefined ? {} : { followed: first.followed }),
    tombstones: Math.max(first.tombstones, again.tombstones),
    inboxDropped: first.inboxDropped + again.inboxDropped,
    inboxUnopened: again.inboxUnopened,
  };
}
