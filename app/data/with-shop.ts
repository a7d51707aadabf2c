import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';

import { poolConfig } from '#app/data/connection.ts';
import { type Prisma, PrismaClient } from '#app/data/prisma/client.ts';
import { type SqlTx, sqlTxOfPg } from '#app/data/sql-tx.ts';

/** A transaction bound to one shop: every row of another shop is invisible in it, and none can be written. */
export type ShopTx = Prisma.TransactionClient;

/** The database as the admin pages and the jobs see it, through the role `ci_app`. */
export interface Database {
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

/** Opens the database for everything an admin page or a job does. Nothing is connected before the first query. */
export function openDatabase(options: { url: string; applicationName: string; max?: number }): Database {
  const { url, applicationName, max = 10 } = options;
  const prisma = new PrismaClient({ adapter: new PrismaPg(poolConfig(url, 'ci_app', { applicationName, max })) });
  return { prisma, close: () => prisma.$disconnect() };
}

/**
 * Runs `work` in one transaction that sees and writes the rows of `shopId` only.
 *
 * The shop is set for the transaction alone, so a pooled connection never carries it to the next borrower. Rolled back
 * when `work` throws.
 */
export function withShop<T>(db: Database, shopId: string, work: (tx: ShopTx) => Promise<T>): Promise<T> {
  return db.prisma.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT set_config('app.shop', ${shopId}, true)`;
      return work(tx);
    },
    { maxWait: 5_000, timeout: 20_000 },
  );
}

/** {@link withShop} for the ingest path, which speaks to `pg` without Prisma. The pool must act as `ci_app`. */
export async function withShopSql<T>(pool: Pool, shopId: string, work: (tx: SqlTx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that breaks says so to whoever holds it, beside failing the query; unheard, that ends the program.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    await client.query("SELECT set_config('app.shop', $1, true)", [shopId]);
    const result = await work(sqlTxOfPg(client));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: unknown) => {
      // A connection that cannot even roll back must not go back to the pool.
      broken = rollbackError as Error;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** Our id of the shop with this `*.myshopify.com` domain, or null when it has never spoken to us. */
export async function getShopIdByDomain(db: Database, domain: string): Promise<string | null> {
  const rows = await db.prisma.$queryRaw<{ id: string | null }[]>`SELECT app.shop_by_domain(${domain}) AS id`;
  return rows[0]?.id ?? null;
}

/** Our id of the shop with this domain; the first call makes it. Ten callers at once get the same id. */
export async function ensureShop(db: Database, domain: string): Promise<string> {
  const rows = await db.prisma.$queryRaw<{ id: string }[]>`SELECT app.ensure_shop(${domain}, ${uuidv7()}::uuid) AS id`;
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('app.ensure_shop returned nothing');
  return id;
}
