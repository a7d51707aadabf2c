import { asKeyRole } from '#app/data/key-role.ts';
import type { Batch } from '#app/data/batch.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { newestKeyVersion } from '#app/data/shop-key-rotation.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { type SubjectScope, subjectContext } from '#app/data/subject-scope.ts';
import { newSecret, unwrapSubjectKey, wrapSubjectKey } from '#app/vault/subject-keys.ts';

/** The small steps of rotating the keys of a shop's subjects. Each runs in the caller's transaction for its shop. */

/** Where a walk over a shop's subject keys stands. */
export type SubjectCursor = readonly [scope: string, id: string, version: number];
const START: SubjectCursor = ['', '00000000-0000-0000-0000-000000000000', 0];

interface WrappedSubjectKey {
  scope: SubjectScope;
  subject_id: string;
  version: number;
  shop_key_version: number;
  wrapped: Uint8Array;
}

/** Wraps the next subject keys anew under the newest version of the shop's key. */
export async function rewrapSubjectKeys(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  after: SubjectCursor | null,
  limit: number,
): Promise<Batch<SubjectCursor>> {
  const newest = (await newestKeyVersion(tx, shopId, 'enc')) ?? 1;
  const rows = await asKeyRole(tx, () =>
    tx.query<WrappedSubjectKey>(
      `SELECT scope, subject_id, version, shop_key_version, wrapped FROM keys.subject_keys
       WHERE shop_id = $1::uuid AND (scope, subject_id, version) > ($2, $3::uuid, $4::int)
       ORDER BY scope, subject_id, version LIMIT $5`,
      [shopId, ...(after ?? START), limit],
    ),
  );
  const { enc, encByVersion } = await keyStore.shopKeysWith(tx, shopId, newest);
  const rewrapped = rows.flatMap((row) => {
    const key = encByVersion.get(row.shop_key_version);
    if (key === undefined || row.shop_key_version >= enc.version) return [];
    const context = subjectContext(shopId, row.scope, row.subject_id, row.version);
    const secret = unwrapSubjectKey(key, Buffer.from(row.wrapped), context);
    const rewrap = wrapSubjectKey(enc, secret, context);
    secret.fill(0);
    return [{ ...row, old: hexOf(row.wrapped), rewrap: hexOf(rewrap) }];
  });
  if (rewrapped.length > 0) {
    await asKeyRole(tx, () =>
      tx.query(
        `UPDATE keys.subject_keys k SET shop_key_version = $2::int, wrapped = decode(new.rewrap, 'hex')
         FROM unnest($3::text[], $4::uuid[], $5::int[], $6::text[], $7::text[]) AS new (scope, id, version, old, rewrap)
         WHERE k.shop_id = $1::uuid AND k.scope = new.scope AND k.subject_id = new.id AND k.version = new.version
           AND k.wrapped = decode(new.old, 'hex')`,
        [
          shopId,
          enc.version,
          rewrapped.map(({ scope }) => scope),
          rewrapped.map(({ subject_id }) => subject_id),
          rewrapped.map(({ version }) => version),
          rewrapped.map(({ old }) => old),
          rewrapped.map(({ rewrap }) => rewrap),
        ],
      ),
    );
  }
  return { next: cursorAfter(rows, limit), seen: rows.length, changed: rewrapped.length };
}

/**
 * Gives the next subjects a new version of their key, with the pseudonym of the old one; a subject whose newest version
 * was made since `since` has its new one already.
 *
 * The caller holds the shop's lock, so that nobody erases a subject meanwhile.
 */
export async function addSubjectKeyVersions(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  since: Date,
  after: SubjectCursor | null,
  limit: number,
): Promise<Batch<SubjectCursor>> {
  const rows = await asKeyRole(tx, () =>
    tx.query<{ scope: SubjectScope; subject_id: string; version: number; is_new: boolean; pseudonym: Uint8Array }>(
      `SELECT DISTINCT ON (scope, subject_id) scope, subject_id, version, pseudonym, created_at >= $5::timestamptz AS is_new
       FROM keys.subject_keys WHERE shop_id = $1::uuid AND (scope, subject_id) > ($2, $3::uuid)
       ORDER BY scope, subject_id, version DESC LIMIT $4`,
      [shopId, ...(after ?? START).slice(0, 2), limit, since],
    ),
  );
  const { enc } = await keyStore.shopKeysWith(tx, shopId, (await newestKeyVersion(tx, shopId, 'enc')) ?? 1);
  const made = rows
    .filter((row) => !row.is_new)
    .map(({ scope, subject_id, version, pseudonym }) => {
      const secret = newSecret();
      const wrapped = wrapSubjectKey(enc, secret, subjectContext(shopId, scope, subject_id, version + 1));
      secret.fill(0);
      return { scope, subject_id, version: version + 1, wrapped: hexOf(wrapped), pseudonym: hexOf(pseudonym) };
    });
  if (made.length > 0) {
    await asKeyRole(tx, () =>
      tx.query(
        `INSERT INTO keys.subject_keys (shop_id, scope, subject_id, version, shop_key_version, wrapped, pseudonym)
         SELECT $1::uuid, scope, id, version, $2::int, decode(wrapped, 'hex'), decode(pseudonym, 'hex')
         FROM unnest($3::text[], $4::uuid[], $5::int[], $6::text[], $7::text[]) AS new (scope, id, version, wrapped, pseudonym)`,
        [
          shopId,
          enc.version,
          made.map(({ scope }) => scope),
          made.map(({ subject_id }) => subject_id),
          made.map(({ version }) => version),
          made.map(({ wrapped }) => wrapped),
          made.map(({ pseudonym }) => pseudonym),
        ],
      ),
    );
  }
  return { next: cursorAfter(rows, limit), seen: rows.length, changed: made.length };
}

/** Destroys all versions of the shop's subject keys but the newest of each. Only when nothing is sealed under them. */
export async function destroyOlderSubjectKeys(tx: SqlTx, shopId: string): Promise<number> {
  const rows = await asKeyRole(tx, () =>
    tx.query(
      `DELETE FROM keys.subject_keys k WHERE k.shop_id = $1::uuid AND EXISTS (
         SELECT FROM keys.subject_keys newer WHERE newer.shop_id = k.shop_id AND newer.scope = k.scope
           AND newer.subject_id = k.subject_id AND newer.version > k.version)
       RETURNING 1`,
      [shopId],
    ),
  );
  return rows.length;
}

function cursorAfter(
  rows: readonly { scope: string; subject_id: string; version: number }[],
  limit: number,
): SubjectCursor | null {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? null : [last.scope, last.subject_id, last.version];
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
