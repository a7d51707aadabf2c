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
  return new Map(rows.map((row) => [row.key_id, unwrap(row, keyring).publicKey]));
}

function selectKeys(tx: SqlTx, condition: string): Promise<SigningKeyRow[]> {
  return tx.query<SigningKeyRow>(`SELECT key_id, public_key, kek_id, wrapped FROM keys.signing_keys ${condition}`);
}

async function insertUnlessThere(tx: SqlTx, keyring: Keyring): Promise<void> {
  const seed = newSecret();
  const { publicKey } = signingKeyOf(seed);
  const keyId = signingKeyId(publicKey);
  const { kekId, wrapped } = keyring.wrap(seed, context(keyId));
  seed.fill(0);
  await tx.query(
    `INSERT INTO keys.signing_keys (key_id, public_key, kek_id, wrapped)
     SELECT $1, decode($2, 'hex'), $3, decode($4, 'hex')
     WHERE NOT EXISTS (SELECT FROM keys.signing_keys WHERE retired_at IS NULL)`,
    [keyId, publicKey.toString('hex'), kekId, wrapped.toString('hex')],
  );
}

function unwrap(row: SigningKeyRow, keyring: Keyring): SigningKey {
  const seed = keyring.unwrap(row.kek_id, Buffer.from(row.wrapped), context(row.key_id));
  const key = signingKeyOf(seed);
  seed.fill(0);
  return key;
}

/** The id is bound into the wrapping, so that a wrapped seed stands for its own id alone. */
function context(keyId: string) {
  return { owner: 'installation', purpose: `signing:${keyId}`, version: 1 };
}

async function asKeyRole<T>(tx: SqlTx, work: () => Promise<T>): Promise<T> {
  await tx.query('SET LOCAL ROLE ci_keys');
  const result = await work();
  await tx.query('SET LOCAL ROLE ci_app');
  return result;
}
