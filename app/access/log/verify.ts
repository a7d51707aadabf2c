import { type ChainRecord, type Link } from '#app/access/log/chain.ts';
import { missingGuards } from '#app/access/log/guards.ts';
import { type Fault, LinkCheck } from '#app/access/log/links.ts';
import { readStatement } from '#app/access/log/statement.ts';
import { signingPublicKeys } from '#app/data/signing-key.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, type ShopTx, withShop } from '#app/data/with-shop.ts';
import type { Keyring } from '#app/vault/keyring.ts';

export interface VerifyDeps {
  readonly db: Database;
  readonly keyring: Keyring;
}

/** What a verification found, and of what. */
export interface Verification {
  readonly shopId: string;
  readonly isIntact: boolean;
  /** The first few; {@link faultCount} counts all. */
  readonly faults: readonly Fault[];
  readonly faultCount: number;
  /** How many records there are. */
  readonly records: bigint;
  /** The end of the newest retired segment; null while nothing was retired. */
  readonly retiredUpTo: bigint | null;
  /** How many signed checkpoints the chain was held against. */
  readonly checkpoints: number;
  /** The newest link. */
  readonly head: Link;
}

/** Records read at a time. */
const BATCH = 1_000;

/**
 * Computes a shop's chain of access records anew, from its start or the end of its newest retired segment to its head, and
 * holds it against every signed checkpoint there is, and against `kept`: links that were kept outside the database.
 *
 * Records appended meanwhile are left for the next time.
 *
 * @throws when the database cannot be read. What is wrong with the chain is in the answer.
 */
export async function verifyAccessLog(
  deps: VerifyDeps,
  shopId: string,
  kept: readonly Link[] = [],
): Promise<Verification> {
  const first = await verifyOnce(deps, shopId, kept);
  // A segment that was retired while we read looks like missing records. Seen from its end, it is none.
  const now = await withShop(deps.db, shopId, (tx) => newestRetired(tx, shopId));
  return !first.isIntact && now?.seq !== first.retiredUpTo && now !== null ? verifyOnce(deps, shopId, kept) : first;
}

async function verifyOnce({ db, keyring }: VerifyDeps, shopId: string, kept: readonly Link[]): Promise<Verification> {
  const begin = await withShop(db, shopId, async (tx) => {
    const sql = sqlTxOfPrisma(tx);
    return {
      // Read before the records: what is appended after it is beyond it, and not yet ours to judge.
      ...(await readHead(sql, shopId)),
      retired: await newestRetired(tx, shopId),
      statements: await tx.accessCheckpoint.findMany({ where: { shopId }, orderBy: [{ seq: 'asc' }, { kind: 'asc' }] }),
      publicKeys: [...(await signingPublicKeys(sql, keyring)).values()],
      guards: await missingGuards(sql),
    };
  });
  const { head, newest, retired, statements, publicKeys, guards } = begin;
  const checkpoints = statements.filter(({ kind }) => kind === 'checkpoint');
  const check = new LinkCheck(shopId, retired, [...checkpoints, ...kept]);
  for (const { kind, seq, hash, note } of statements) {
    const said = readStatement(publicKeys, kind === 'retired' ? 'retired' : 'checkpoint', note)?.get(shopId);
    if (said?.seq !== seq || Buffer.compare(said.hash, hash) !== 0) check.addFault({ code: 'unsigned', seq });
  }
  for (const what of guards) check.addFault({ code: 'unguarded', seq: null, what });

  const headSeq = head?.seq ?? 0n;
  if (newest > headSeq) check.addFault({ code: 'unaccounted', seq: headSeq + 1n });
  for (let after = -1n; ;) {
    const records = await readRecords(db, shopId, after, headSeq);
    for (const record of records) check.add(record);
    const last = records.at(-1);
    if (last === undefined || records.length < BATCH) break;
    after = last.seq;
  }
  const { faults, faultCount, records, last } = check.finish(head);
  return {
    shopId,
    isIntact: faultCount === 0,
    faults,
    faultCount,
    records,
    retiredUpTo: retired?.seq ?? null,
    checkpoints: checkpoints.length + kept.length,
    head: last,
  };
}

/** The head and the newest record there is, as they stood at one moment. */
async function readHead(sql: SqlTx, shopId: string): Promise<{ head: Link | null; newest: bigint }> {
  const rows = await sql.query<{ seq: bigint | null; hash: Uint8Array | null; newest: bigint | null }>(
    `SELECT (SELECT seq FROM app.access_chains WHERE shop_id = $1::uuid), (SELECT hash FROM app.access_chains WHERE shop_id = $1::uuid),
       (SELECT max(seq) FROM app.access_records WHERE shop_id = $1::uuid) AS newest`,
    [shopId],
  );
  const { seq = null, hash = null, newest = null } = rows[0] ?? {};
  return { head: seq === null || hash === null ? null : { seq, hash }, newest: newest ?? 0n };
}

async function newestRetired(tx: ShopTx, shopId: string): Promise<Link | null> {
  return tx.accessCheckpoint.findFirst({
    where: { shopId, kind: 'retired' },
    orderBy: { seq: 'desc' },
    select: { seq: true, hash: true },
  });
}

async function readRecords(db: Database, shopId: string, after: bigint, upTo: bigint): Promise<ChainRecord[]> {
  return withShop(db, shopId, (tx) =>
    tx.accessRecord.findMany({
      where: { shopId, seq: { gt: after, lte: upTo } },
      orderBy: { seq: 'asc' },
      take: BATCH,
    }),
  );
}
