import { randomBytes } from 'node:crypto';

import pg from 'pg';

import { KeyStore } from '#app/data/keys.ts';
import { type Database, openDatabase } from '#app/data/with-shop.ts';
import { type AppLog, createLogger } from '#app/log.ts';
import { type Keyring, parseKeyring } from '#app/vault/keyring.ts';
import { createTestDatabase } from '#test/support/database.ts';
import type { TestDatabase } from '#test/support/postgres.ts';

/** What a test of sessions, installations or jobs works with: a database of its own, as the roles the programs have. */
export interface ShopWorld {
  readonly database: TestDatabase;
  readonly db: Database;
  readonly keyring: Keyring;
  /** The keyring as a setting, for a program of its own. */
  readonly keks: string;
  readonly keyStore: KeyStore;
  readonly log: AppLog;
  /** Every line that was logged. */
  readonly logLines: string[];
  /** Behind the scenes: sees every shop. */
  superuser<Row extends pg.QueryResultRow>(sql: string, params?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function openShopWorld(): Promise<ShopWorld> {
  const database = await createTestDatabase();
  const db = openDatabase({ url: database.url, applicationName: 'test' });
  const keks = `test:${randomBytes(32).toString('base64')}`;
  const keyring = parseKeyring(keks);
  const logLines: string[] = [];
  const log = createLogger({ level: 'debug', destination: { write: (line) => logLines.push(line) } });
  const pool = new pg.Pool({ connectionString: database.superuserUrl, max: 2 });
  return {
    database,
    db,
    keyring,
    keks,
    keyStore: new KeyStore(keyring),
    log,
    logLines,
    superuser: async <Row extends pg.QueryResultRow>(sql: string, params: unknown[] = []) =>
      (await pool.query<Row>(sql, params)).rows,
    close: async () => {
      await pool.end();
      await db.close();
      await database.drop();
    },
  };
}
