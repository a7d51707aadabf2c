import type { Pool, PoolClient } from 'pg';

import { VaultError } from '#app/vault/errors.ts';
import type { Keyring } from '#app/vault/keyring.ts';

interface CheckRow {
  kek_id: string;
  check_value: Buffer;
}

/** Counts, as `pg` gives them. */
interface KekUseRow {
  kek_id: string;
  shop_keys: string;
  inbox_days: string;
  signing_keys: string;
}

/**
 * Compares every key-encryption key with the value stored when it was first used, so that another key under a known
 * name is noticed at boot and not by rows that nobody can open. A key seen for the first time has its value stored, but
 * only by a keyring that can be used: a start that was refused uses up no name.
 *
 * @param pool its login may become `ci_keys`.
 * @throws VaultError `vault.bad-keyring` that names the key at fault, or one that is missing and still needed, never its
 *   bytes; `vault.kek-unreachable`
 */
export async function checkKeyring(pool: Pool, keyring: Keyring): Promise<void> {
  const known = await storedChecks(pool, keyring.ids(), []);
  await requireFitting(keyring, [...known.keys()], known);
  await requireNeededKeys(pool, keyring);
  const isNew = keyring.ids().filter((id) => !known.has(id));
  if (isNew.length === 0) return;
  // Outside of a transaction: a key service may take its time.
  const made = await Promise.all(isNew.map(async (id) => ({ id, value: await keyring.newCheck(id) })));
  // Read again even what we made: another program may have been first, perhaps with another key.
  await requireFitting(keyring, isNew, await storedChecks(pool, isNew, made));
}

async function requireFitting(
  keyring: Keyring,
  ids: readonly string[],
  checks: ReadonlyMap<string, Buffer>,
): Promise<void> {
  for (const id of ids) {
    const stored = checks.get(id);
    if (stored === undefined || !(await keyring.fitsCheck(id, stored))) {
      throw new VaultError('vault.bad-keyring', `the key "${id}" is not the one this database was written with`);
    }
  }
}

/** A key that still wraps something cannot be left out: what it wraps would not open, and nobody would know before. */
async function requireNeededKeys(pool: Pool, keyring: Keyring): Promise<void> {
  const uses = await asKeyRole(pool, async (client) => {
    const { rows } = await client.query<KekUseRow>('SELECT * FROM keys.kek_uses() ORDER BY kek_id');
    return rows;
  });
  const missing = uses.find(({ kek_id }) => !keyring.has(kek_id));
  if (missing === undefined) return;
  const { kek_id, shop_keys, inbox_days, signing_keys } = missing;
  const needs = `${shop_keys} shop keys, ${inbox_days} days and ${signing_keys} signing keys need it`;
  throw new VaultError('vault.bad-keyring', `the key "${kek_id}" is missing, and ${needs}`);
}

function storedChecks(
  pool: Pool,
  ids: readonly string[],
  made: readonly { id: string; value: Buffer }[],
): Promise<Map<string, Buffer>> {
  return asKeyRole(pool, async (client) => {
    for (const { id, value } of made) {
      await client.query('INSERT INTO keys.kek_checks (kek_id, check_value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        id,
        value,
      ]);
    }
    const { rows } = await client.query<CheckRow>(
      'SELECT kek_id, check_value FROM keys.kek_checks WHERE kek_id = ANY ($1)',
      [ids],
    );
    return new Map(rows.map((row) => [row.kek_id, row.check_value]));
  });
}

async function asKeyRole<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL ROLE ci_keys');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
