import { asKeyRole } from '#app/data/key-role.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { AppError } from '#app/errors.ts';
import type { VaultKey } from '#app/vault/vault-key.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import { newSecret } from '#app/vault/subject-keys.ts';

/** What a shop's keys are for. They are drawn apart, so that changing one leaves the others alone. */
export const SHOP_KEY_PURPOSES = ['enc', 'email', 'lookup', 'pseudonym'] as const;
export type ShopKeyPurpose = (typeof SHOP_KEY_PURPOSES)[number];

/** A shop's keys, unwrapped. `enc` is the newest version and seals; through it older ones still open. */
export interface ShopKeys {
  readonly enc: VaultKey;
  readonly encByVersion: ReadonlyMap<number, VaultKey>;
  /** The key under which digests of e-mails are written. */
  readonly emailKey: Buffer;
  /** The keys under which they are looked for: the one that writes first. There is another only while it is rotated. */
  readonly emailKeys: readonly Buffer[];
  readonly lookupKey: Buffer;
  readonly pseudonymKey: Buffer;
}

/** One version of one of a shop's keys, as it is stored. */
export interface ShopKeyRow {
  readonly purpose: ShopKeyPurpose;
  readonly version: number;
  readonly kek_id: string;
  readonly wrapped: Uint8Array;
  readonly retired_at: Date | null;
  /** Made by this very transaction. */
  readonly uncommitted: boolean;
}

/** Every version of the shop's keys that there is. */
export function selectShopKeys(tx: SqlTx, shopId: string): Promise<ShopKeyRow[]> {
  return asKeyRole(tx, () =>
    tx.query<ShopKeyRow>(
      `SELECT purpose, version, kek_id, wrapped, retired_at,
         coalesce(xmin = pg_current_xact_id_if_assigned()::xid, false) AS uncommitted
       FROM keys.shop_keys WHERE shop_id = $1::uuid`,
      [shopId],
    ),
  );
}

/**
 * Makes the first version of each key, unless it is there.
 *
 * A shop that was erased has no keys and gets none, whatever job comes late: its erasure waits for this transaction, or this
 * one sees that it was first. A new installation takes the mark off before it writes anything.
 *
 * @throws AppError `shop.erased`
 */
export async function insertShopKeys(tx: SqlTx, keyring: Keyring, shopId: string): Promise<void> {
  const [shop] = await tx.query<{ status: string }>(
    'SELECT status FROM app.shops WHERE id = $1::uuid FOR NO KEY UPDATE',
    [shopId],
  );
  if (shop?.status === 'redacted') throw new AppError('shop.erased');
  const wraps = await Promise.all(
    SHOP_KEY_PURPOSES.map((purpose) => keyring.wrap(newSecret(), { owner: shopId, purpose, version: 1 })),
  );
  await asKeyRole(tx, () =>
    tx.query(
      `INSERT INTO keys.shop_keys (shop_id, purpose, version, kek_id, wrapped)
       SELECT $1::uuid, purpose, 1, kek_id, decode(wrapped, 'hex')
       FROM unnest($2::text[], $3::text[], $4::text[]) AS new (purpose, kek_id, wrapped)
       ON CONFLICT DO NOTHING`,
      [shopId, SHOP_KEY_PURPOSES, wraps.map((wrap) => wrap.kekId), wraps.map((wrap) => wrap.wrapped.toString('hex'))],
    ),
  );
}

/**
 * Rows turned into keys.
 *
 * @param rows all of the shop's.
 * @throws VaultError when a row does not unwrap under the keyring.
 */
export async function unwrapShopKeys(keyring: Keyring, shopId: string, rows: readonly ShopKeyRow[]): Promise<ShopKeys> {
  const unwrapped = await Promise.all(
    rows.map(async ({ purpose, version, kek_id, wrapped, retired_at }) => ({
      purpose,
      version,
      isRetired: retired_at !== null,
      secret: await keyring.unwrap(kek_id, Buffer.from(wrapped), { owner: shopId, purpose, version }),
    })),
  );
  const newestFirst = unwrapped.sort((one, two) => two.version - one.version);
  const newestOf = (purpose: ShopKeyPurpose) => {
    const key = newestFirst.find((candidate) => candidate.purpose === purpose);
    if (key === undefined) throw new Error(`The shop has no key for ${purpose}`);
    return key;
  };
  const encKeys = newestFirst
    .filter(({ purpose }) => purpose === 'enc')
    .map(({ version, secret }): VaultKey => ({ scope: 'shop', version, secret }));
  // The oldest that was not retired writes: a newer one that is only announced is looked for, and not yet written.
  const emailKeys = newestFirst
    .filter(({ purpose }) => purpose === 'email')
    .sort((one, two) => Number(one.isRetired) - Number(two.isRetired) || one.version - two.version)
    .map(({ secret: emailSecret }) => emailSecret);
  const { version, secret } = newestOf('enc');
  const older = encKeys.slice(1);
  return {
    enc: { scope: 'shop', version, secret, ...(older.length === 0 ? {} : { older }) },
    encByVersion: new Map(encKeys.map((key) => [key.version, key])),
    emailKey: emailKeys[0] ?? newestOf('email').secret,
    emailKeys,
    lookupKey: newestOf('lookup').secret,
    pseudonymKey: newestOf('pseudonym').secret,
  };
}

/** Which e-mail keys there are, and which of them write. */
export function emailVersionsOf(rows: readonly ShopKeyRow[]): string {
  return rows
    .filter(({ purpose }) => purpose === 'email')
    .map(({ version, retired_at }) => `${String(version)}${retired_at === null ? '' : ' retired'}`)
    .sort()
    .join();
}

/** Overwrites the secrets. Whoever still holds the keys seals and opens nothing with them any more. */
export function wipeShopKeys({ encByVersion, emailKeys, lookupKey, pseudonymKey }: ShopKeys): void {
  for (const key of encByVersion.values()) key.secret.fill(0);
  for (const secret of [...emailKeys, lookupKey, pseudonymKey]) secret.fill(0);
}
