import { asKeyRole, KEYS_CHANNEL, type KeyStore, subjectContext, type SubjectScope } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import { newSecret, unwrapSubjectKey, wrapSubjectKey } from '#app/vault/subject-keys.ts';

/** The small steps of rotating keys. Each runs in the caller's transaction for its shop, and does nothing twice. */

interface WrappedShopKey {
  purpose: string;
  version: number;
  kek_id: string;
  wrapped: Uint8Array;
}

/**
 * Wraps those of the shop's keys anew that another key-encryption key than the primary wraps.
 *
 * @param all also those that the primary wraps: after a key service has rotated what lies behind its name.
 * @returns how many were.
 */
export async function rewrapShopKeys(tx: SqlTx, keyring: Keyring, shopId: string, all: boolean): Promise<number> {
  const rows = await asKeyRole(tx, () =>
    tx.query<WrappedShopKey>(
      `SELECT purpose, version, kek_id, wrapped FROM keys.shop_keys
       WHERE shop_id = $1::uuid AND ($2 OR kek_id <> $3) ORDER BY purpose, version`,
      [shopId, all, keyring.primaryId],
    ),
  );
  if (rows.length === 0) return 0;
  const rewrapped = await Promise.all(
    rows.map(async ({ purpose, version, kek_id, wrapped }) => {
      const context = { owner: shopId, purpose, version };
      const secret = await keyring.unwrap(kek_id, Buffer.from(wrapped), context);
      const { wrapped: rewrap } = await keyring.wrap(secret, context);
      secret.fill(0);
      return { purpose, version, old: hexOf(wrapped), rewrap: hexOf(rewrap) };
    }),
  );
  const changed = await asKeyRole(tx, () =>
    tx.query(
      // Only what is still as it was read: a key that was destroyed meanwhile stays so.
      `UPDATE keys.shop_keys k SET kek_id = $2, wrapped = decode(new.rewrap, 'hex')
       FROM unnest($3::text[], $4::int[], $5::text[], $6::text[]) AS new (purpose, version, old, rewrap)
       WHERE k.shop_id = $1::uuid AND k.purpose = new.purpose AND k.version = new.version
         AND k.wrapped = decode(new.old, 'hex') RETURNING 1`,
      [
        shopId,
        keyring.primaryId,
        rewrapped.map(({ purpose }) => purpose),
        rewrapped.map(({ version }) => version),
        rewrapped.map(({ old }) => old),
        rewrapped.map(({ rewrap }) => rewrap),
      ],
    ),
  );
  return changed.length;
}

/** The newest version of the key with which the shop's subject keys are wrapped; null when the shop has no keys. */
export async function newestEncVersion(tx: SqlTx, shopId: string): Promise<number | null> {
  const [row] = await asKeyRole(tx, () =>
    tx.query<{ version: number | null }>(
      `SELECT max(version) AS version FROM keys.shop_keys WHERE shop_id = $1::uuid AND purpose = 'enc'`,
      [shopId],
    ),
  );
  return row?.version ?? null;
}

/** Makes this version of the shop's key, unless it is there, and tells the other programs. */
export async function addEncVersion(tx: SqlTx, keyring: Keyring, shopId: string, version: number): Promise<void> {
  const { kekId, wrapped } = await keyring.wrap(newSecret(), { owner: shopId, purpose: 'enc', version });
  await asKeyRole(tx, () =>
    tx.query(
      `INSERT INTO keys.shop_keys (shop_id, purpose, version, kek_id, wrapped)
       VALUES ($1::uuid, 'enc', $2::int, $3, decode($4, 'hex')) ON CONFLICT DO NOTHING`,
      [shopId, version, kekId, hexOf(wrapped)],
    ),
  );
  await tellOthers(tx, shopId);
}

/** The newest version of the key under which the shop's e-mails are digested; null when the shop has no keys. */
export async function newestEmailVersion(tx: SqlTx, shopId: string): Promise<number | null> {
  const [row] = await asKeyRole(tx, () =>
    tx.query<{ version: number | null }>(
      `SELECT max(version) AS version FROM keys.shop_keys WHERE shop_id = $1::uuid AND purpose = 'email'`,
      [shopId],
    ),
  );
  return row?.version ?? null;
}

/** Makes this version of the e-mail key, unless it is there: from now on it is looked for, and not yet written. */
export async function announceEmailVersion(
  tx: SqlTx,
  keyring: Keyring,
  shopId: string,
  version: number,
): Promise<void> {
  const { kekId, wrapped } = await keyring.wrap(newSecret(), { owner: shopId, purpose: 'email', version });
  await asKeyRole(tx, () =>
    tx.query(
      `INSERT INTO keys.shop_keys (shop_id, purpose, version, kek_id, wrapped)
       VALUES ($1::uuid, 'email', $2::int, $3, decode($4, 'hex')) ON CONFLICT DO NOTHING`,
      [shopId, version, kekId, hexOf(wrapped)],
    ),
  );
  await tellOthers(tx, shopId);
}

/** From now on the e-mail keys before this version are looked for, and not written any more; if it is there to take over. */
export async function retireEmailVersionsBefore(tx: SqlTx, shopId: string, version: number): Promise<void> {
  await asKeyRole(tx, () =>
    tx.query(
      `UPDATE keys.shop_keys SET retired_at = clock_timestamp()
       WHERE shop_id = $1::uuid AND purpose = 'email' AND version < $2::int AND retired_at IS NULL
         AND EXISTS (SELECT FROM keys.shop_keys n
           WHERE n.shop_id = $1::uuid AND n.purpose = 'email' AND n.version >= $2::int AND n.retired_at IS NULL)`,
      [shopId, version],
    ),
  );
  await tellOthers(tx, shopId);
}

/** Destroys the retired e-mail keys. That no digest of theirs is left, and that nobody remembers them, the caller knows. */
export async function dropRetiredEmailVersions(tx: SqlTx, shopId: string): Promise<void> {
  await asKeyRole(tx, () =>
    tx.query(`DELETE FROM keys.shop_keys WHERE shop_id = $1::uuid AND purpose = 'email' AND retired_at IS NOT NULL`, [
      shopId,
    ]),
  );
  await tellOthers(tx, shopId);
}

/** Where a walk over a shop's subject keys stands. */
export type SubjectCursor = readonly [scope: string, id: string, version: number];
const START: SubjectCursor = ['', '00000000-0000-0000-0000-000000000000', 0];

export interface Batch<Cursor> {
  /** Where to go on; null at the end. */
  readonly next: Cursor | null;
  readonly seen: number;
  readonly changed: number;
}

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
  const newest = (await newestEncVersion(tx, shopId)) ?? 1;
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
  const { enc } = await keyStore.shopKeysWith(tx, shopId, (await newestEncVersion(tx, shopId)) ?? 1);
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
export async function dropOlderSubjectKeys(tx: SqlTx, shopId: string): Promise<number> {
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

/**
 * Destroys versions of the shop's key before the newest with which no subject key is wrapped. That no value is sealed under
 * one, and that nobody remembers it, the caller knows.
 */
export async function retireEncVersions(tx: SqlTx, shopId: string): Promise<number> {
  const rows = await asKeyRole(tx, () =>
    tx.query(
      `DELETE FROM keys.shop_keys k WHERE k.shop_id = $1::uuid AND k.purpose = 'enc'
         AND k.version < (SELECT max(n.version) FROM keys.shop_keys n WHERE n.shop_id = k.shop_id AND n.purpose = 'enc')
         AND NOT EXISTS (SELECT FROM keys.subject_keys s WHERE s.shop_id = k.shop_id AND s.shop_key_version = k.version)
       RETURNING 1`,
      [shopId],
    ),
  );
  await tellOthers(tx, shopId);
  return rows.length;
}

/** What still needs a key-encryption key. */
export interface KekUse {
  readonly kekId: string;
  readonly shopKeys: number;
  readonly inboxDays: number;
  readonly signingKeys: number;
}

/** Every key-encryption key that wraps anything, and how much. The transaction may be of any shop. */
export async function kekUses(tx: SqlTx): Promise<KekUse[]> {
  const rows = await asKeyRole(tx, () =>
    tx.query<{ kek_id: string; shop_keys: string; inbox_days: string; signing_keys: string }>(
      'SELECT kek_id, shop_keys, inbox_days, signing_keys FROM keys.kek_uses() ORDER BY kek_id',
    ),
  );
  return rows.map((row) => ({
    kekId: row.kek_id,
    shopKeys: Number(row.shop_keys),
    inboxDays: Number(row.inbox_days),
    signingKeys: Number(row.signing_keys),
  }));
}

/** How many keys of the shop stand where in a rotation. */
export interface ShopKeyCounts {
  readonly encVersions: number;
  readonly subjects: number;
  /** Subject keys wrapped by an older version of the shop's key. */
  readonly behind: number;
  /** Older versions of subject keys that are still there. */
  readonly older: number;
}

export async function countShopKeys(tx: SqlTx, shopId: string): Promise<ShopKeyCounts> {
  const [row] = await asKeyRole(tx, () =>
    tx.query<{ enc_versions: number; subjects: number; behind: number; older: number }>(
      `WITH enc AS (SELECT count(*)::int AS versions, max(version) AS newest FROM keys.shop_keys
         WHERE shop_id = $1::uuid AND purpose = 'enc')
       SELECT enc.versions AS enc_versions, count(DISTINCT (s.scope, s.subject_id))::int AS subjects,
         count(*) FILTER (WHERE s.shop_key_version < enc.newest)::int AS behind,
         (count(s.subject_id) - count(DISTINCT (s.scope, s.subject_id)))::int AS older
       FROM enc LEFT JOIN keys.subject_keys s ON s.shop_id = $1::uuid GROUP BY enc.versions, enc.newest`,
      [shopId],
    ),
  );
  const { enc_versions: encVersions = 0, subjects = 0, behind = 0, older = 0 } = row ?? {};
  return { encVersions, subjects, behind, older };
}

async function tellOthers(tx: SqlTx, shopId: string): Promise<void> {
  await tx.query('SELECT pg_notify($1, $2)::text', [KEYS_CHANNEL, shopId]);
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
