import { asKeyRole } from '#app/data/key-role.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';

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
