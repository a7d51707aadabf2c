import pg from 'pg';

import type { TestDatabase } from '#test/support/postgres.ts';

/** Runs `look` in a transaction in which `change` has just been done to the database, and undoes it. */
export async function whenChanged<T>(
  database: TestDatabase,
  change: string,
  look: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(change);
    return await look(client);
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
}
