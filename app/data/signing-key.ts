import { asKeyRole } from '#app/data/key-role.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import { type SigningKey, signingKeyId, signingKeyOf } from '#app/vault/signing.ts';
import { newSecret } from '#app/vault/subject-keys.ts';

interface SigningKeyRow {
  key_id: string;
  public_key: Uint8Array;
  kek_id: string;
  wrapped: Uint8Array;
}

/** Two programs that come first at once must not sign with two keys. */
const LOCK = 'keys.signing_keys';

/**
 * The installation's key for signing: checkpoints of the access log, receipts.
 *
 * It is drawn at random at the first call and kept in the schema `keys`, wrapped by a key-encryption key: whoever owns the
 * database but not the KEK can neither sign nor put a key of their own in its place. It is not derived from the KEK, so that
 * rotating that one leaves every signature valid.
 *
 * @param tx any transaction as `ci_app`; which shop it is bound to makes no difference.
 * @throws VaultError when the row does not unwrap under the keyring.
 */
export async function signingKey(tx: SqlTx, keyring: Keyring): Promise<SigningKey> {
  const rows = await asKeyRole(tx, async () => {
    const found = await selectKeys(tx, 'WHERE retired_at IS NULL ORDER BY created_at DESC LIMIT 1');
    if (found.length > 0) return found;
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text', [LOCK]);
    await insertUnlessThere(tx, keyring);
    return selectKeys(tx, 'WHERE retired_at IS NULL ORDER BY created_at DESC LIMIT 1');
  });
  const [row] = rows;
  if (row === undefined) throw new Error('There is no signing key');
  return unwrap(row, keyring);
}

/**
 * Public keys of this installation by id, retired ones too: what a signature is checked against. Each is derived from the
 * wrapped seed, not taken from the column beside it, which the owner of the database could have changed.
 */
export async function signingPublicKeys(tx: SqlTx, keyring: Keyring): Promise<ReadonlyMap<string, Buffer>> {
  const rows = await asKeyRole(tx, () => selectKeys(tx, ''));
  const keys = await Promise.all(rows.map((row) => unwrap(row, keyring)));
  return new Map(keys.map(({ keyId, publicKey }) => [keyId, publicKey]));
}

/**
 * {@link signingPublicKeys} for a program that is asked again and again: each key is unwrapped once, which may mean asking a
 * key service, and remembered. That is safe since a key's id is the digest of what is remembered. Which keys there are is
 * read every time, so that a new one counts at once.
 */
export class SigningPublicKeys {
  readonly #keyring: Keyring;
  readonly #known = new Map<string, Buffer>();

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  async read(tx: SqlTx): Promise<ReadonlyMap<string, Buffer>> {
    const rows = await asKeyRole(tx, () => selectKeys(tx, ''));
    return new Map(await Promise.all(rows.map(async (row) => [row.key_id, await this.#publicKey(row)] as const)));
  }

  async #publicKey(row: SigningKeyRow): Promise<Buffer> {
    const known = this.#known.get(row.key_id);
    if (known !== undefined) return known;
    const { publicKey } = await unwrap(row, this.#keyring);
    this.#known.set(row.key_id, publicKey);
    return publicKey;
  }
}

/** Wraps the signing keys anew under the primary key-encryption key; `all`: also those that it wraps already. */
export async function rewrapSigningKeys(tx: SqlTx, keyring: Keyring, all: boolean): Promise<number> {
  const found = await asKeyRole(tx, () => selectKeys(tx, ''));
  let changed = 0;
  for (const { key_id, kek_id, wrapped } of found) {
    if (!all && kek_id === keyring.primaryId) continue;
    const seed = await keyring.unwrap(kek_id, Buffer.from(wrapped), context(key_id));
    const rewrap = await keyring.wrap(seed, context(key_id));
    seed.fill(0);
    const rows = await asKeyRole(tx, () =>
      tx.query(
        `UPDATE keys.signing_keys SET kek_id = $2, wrapped = decode($3, 'hex')
         WHERE key_id = $1 AND wrapped = decode($4, 'hex') RETURNING 1`,
        [key_id, rewrap.kekId, rewrap.wrapped.toString('hex'), Buffer.from(wrapped).toString('hex')],
      ),
    );
    changed += rows.length;
  }
  return changed;
}

function selectKeys(tx: SqlTx, condition: string): Promise<SigningKeyRow[]> {
  return tx.query<SigningKeyRow>(`SELECT key_id, public_key, kek_id, wrapped FROM keys.signing_keys ${condition}`);
}

async function insertUnlessThere(tx: SqlTx, keyring: Keyring): Promise<void> {
  const seed = newSecret();
  const { publicKey } = signingKeyOf(seed);
  const keyId = signingKeyId(publicKey);
  const { kekId, wrapped } = await keyring.wrap(seed, context(keyId));
  seed.fill(0);
  await tx.query(
    `INSERT INTO keys.signing_keys (key_id, public_key, kek_id, wrapped)
     SELECT $1, decode($2, 'hex'), $3, decode($4, 'hex')
     WHERE NOT EXISTS (SELECT FROM keys.signing_keys WHERE retired_at IS NULL)`,
    [keyId, publicKey.toString('hex'), kekId, wrapped.toString('hex')],
  );
}

async function unwrap(row: SigningKeyRow, keyring: Keyring): Promise<SigningKey> {
  const seed = await keyring.unwrap(row.kek_id, Buffer.from(row.wrapped), context(row.key_id));
  const key = signingKeyOf(seed);
  seed.fill(0);
  return key;
}

/** The id is bound into the wrapping, so that a wrapped seed stands for its own id alone. */
function context(keyId: string) {
  return { owner: 'installation', purpose: `signing:${keyId}`, version: 1 };
}
