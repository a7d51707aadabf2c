import { asKeyRole } from '#app/data/key-role.ts';
import { KEYS_CHANNEL, notify } from '#app/data/channels.ts';
import type { ShopKeyPurpose } from '#app/data/shop-keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import { newSecret } from '#app/vault/subject-keys.ts';

/** The small steps of rotating a shop's own keys. Each runs in the caller's transaction for its shop, and does nothing twice. */

/** The purposes whose keys are rotated. */
export type RotatedPurpose = Extract<ShopKeyPurpose, 'enc' | 'email'>;

interface WrappedShopKey {
  purpose: ShopKeyPurpose;
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

/** The newest version of the shop's key for this purpose; null when the shop has no keys. */
export async function newestKeyVersion(tx: SqlTx, shopId: string, purpose: RotatedPurpose): Promise<number | null> {
  const [row] = await asKeyRole(tx, () =>
    tx.query<{ version: number | null }>(
      'SELECT max(version) AS version FROM keys.shop_keys WHERE shop_id = $1::uuid AND purpose = $2',
      [shopId, purpose],
    ),
  );
  return row?.version ?? null;
}

/**
 * Makes this version of the shop's key, unless it is there, and tells the other programs. From now on `enc` seals under it;
 * under `email`, digests are looked for and not yet written, until the versions before it are retired.
 */
export async function addKeyVersion(
  tx: SqlTx,
  keyring: Keyring,
  shopId: string,
  purpose: RotatedPurpose,
  version: number,
): Promise<void> {
  const { kekId, wrapped } = await keyring.wrap(newSecret(), { owner: shopId, purpose, version });
  await asKeyRole(tx, () =>
    tx.query(
      `INSERT INTO keys.shop_keys (shop_id, purpose, version, kek_id, wrapped)
       VALUES ($1::uuid, $2, $3::int, $4, decode($5, 'hex')) ON CONFLICT DO NOTHING`,
      [shopId, purpose, version, kekId, hexOf(wrapped)],
    ),
  );
  await notify(tx, KEYS_CHANNEL, shopId);
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
  await notify(tx, KEYS_CHANNEL, shopId);
}

/** Destroys the retired e-mail keys. That no digest of theirs is left, and that nobody remembers them, the caller knows. */
export async function destroyRetiredEmailVersions(tx: SqlTx, shopId: string): Promise<void> {
  await asKeyRole(tx, () =>
    tx.query(`DELETE FROM keys.shop_keys WHERE shop_id = $1::uuid AND purpose = 'email' AND retired_at IS NOT NULL`, [
      shopId,
    ]),
  );
  await notify(tx, KEYS_CHANNEL, shopId);
}

/**
 * Destroys versions of the shop's key before the newest with which no subject key is wrapped. That no value is sealed under
 * one, and that nobody remembers it, the caller knows.
 */
export async function destroyOldEncVersions(tx: SqlTx, shopId: string): Promise<number> {
  const rows = await asKeyRole(tx, () =>
    tx.query(
      `DELETE FROM keys.shop_keys k WHERE k.shop_id = $1::uuid AND k.purpose = 'enc'
         AND k.version < (SELECT max(n.version) FROM keys.shop_keys n WHERE n.shop_id = k.shop_id AND n.purpose = 'enc')
         AND NOT EXISTS (SELECT FROM keys.subject_keys s WHERE s.shop_id = k.shop_id AND s.shop_key_version = k.version)
       RETURNING 1`,
      [shopId],
    ),
  );
  await notify(tx, KEYS_CHANNEL, shopId);
  return rows.length;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
