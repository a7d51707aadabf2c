import type { Pool } from 'pg';

import { VaultError } from '#app/vault/errors.ts';
import type { Keyring } from '#app/vault/keyring.ts';

/**
 * Compares every key-encryption key with the value stored when it was first used, so that another key under a known
 * name is noticed at boot and not by rows that nobody can open. A key seen for the first time has its value stored.
 *
 * @param pool its login may become `ci_keys`.
 * @throws VaultError `vault.bad-keyring` that names the key at fault, never its bytes.
 */
export async function checkKeyring(pool: Pool, keyring: Keyring): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL ROLE ci_keys');
    for (const id of keyring.ids()) {
      const value = keyring.checkValue(id);
      await client.query('INSERT INTO keys.kek_checks (kek_id, check_value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        id,
        value,
      ]);
      const { rows } = await client.query<{ check_value: Buffer }>(
        'SELECT check_value FROM keys.kek_checks WHERE kek_id = $1',
        [id],
      );
      if (rows[0]?.check_value.equals(value) !== true) {
        throw new VaultError('vault.bad-keyring', `the key "${id}" is not the one this database was written with`);
      }
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
