import { PrismaPg } from '@prisma/adapter-pg';
import pg, { type Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';

import { poolConfig } from '#app/data/connection.ts';
import { type Prisma, PrismaClient } from '#app/data/prisma/client.ts';
import { type SqlTx, sqlTxOfPg } from '#app/data/sql-tx.ts';

/** A transaction bound to one shop: every row of another shop is invisible in it, and none can be written. */
export type ShopTx = Prisma.TransactionClient;

/** The database as the admin pages and the jobs see it, through the role `ci_app`. */
export interface Database {
  readonly prisma: PrismaClient;
  /** What {@link readShop} reads through. */
  readonly reads: Pool;
  close(): Promise<void>;
}

/** Opens the database for everything an admin page or a job does. Nothing is connected before the first query. */
export function openDatabase(options: { url: string; applicationName: string; max?: number }): Database {
  const { url, applicationName, max = 10 } = options;
  const prisma = new PrismaClient({ adapter: new PrismaPg(poolConfig(url, 'ci_app', { applicationName, max })) });
  const reads = new pg.Pool({
    ...poolConfig(url, 'ci_app', { applicationName, max: READ_CONNECTIONS }),
    pipeline: true,
  });
  // A connection that breaks while idle says so here; unheard, that would end the program.
  reads.on('error', () => undefined);
  return {
    prisma,
    reads,
    close: async () => {
      await Promise.all([prisma.$disconnect(), reads.end()]);
    },
  };
}

/** Pages that read this way hold a connection for a millisecond. */
const READ_CONNECTIONS = 4;

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

/** A statement whose rows look like `Row`. The SQL is ours, never a user's; values travel as parameters. */
export interface ShopRead<Row> {
  readonly sql: string;
  readonly params: readonly unknown[];
  /** Only for the type. */
  readonly row?: Row;
}

/**
 * Reads several things of one shop in one round trip: the transaction, its shop, the statements and the end are sent
 * together, where {@link withShop} waits for each. The transaction can write nothing, and what was said of rows in
 * {@link withShop} holds: should binding the shop fail, the transaction is lost and nothing is read.
 */
export async function readShop<Rows extends readonly unknown[]>(
  { reads }: Database,
  shopId: string,
  statements: { readonly [At in keyof Rows]: ShopRead<Rows[At]> },
): Promise<{ -readonly [At in keyof Rows]: Rows[At][] }> {
  const client = await reads.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    const tx = sqlTxOfPg(client);
    const answers = await Promise.allSettled([
      client.query('BEGIN READ ONLY'),
      tx.query(BIND_SHOP, [shopId]),
      ...statements.map(({ sql, params }) => tx.query(sql, params)),
      client.query('COMMIT'),
    ]);
    // The first failure is the cause; the server refuses what follows it and rolls back.
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const rows = answers.slice(2, -1).map((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    return rows as { -readonly [At in keyof Rows]: Rows[At][] };
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** The shop of the transaction, and of it alone. */
const BIND_SHOP = "SELECT set_config('app.shop', $1, true)";

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
    await client.query(BIND_SHOP, [shopId]);
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
