import type { ClientBase } from 'pg';

/**
 * A transaction that takes hand-written SQL: what Prisma's interactive transactions and `pg` clients have in common.
 *
 * Data functions that both the admin pages and the worker call are written against it. Values that are bytes come back
 * as `Uint8Array` (a `Buffer` from `pg`); arrays of bytes are passed as hexadecimal text, which both drivers agree on.
 */
export interface SqlTx {
  query<Row>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
}

/** What of Prisma's transaction client is needed here. */
interface RawQuerying {
  $queryRawUnsafe<T>(sql: string, ...params: unknown[]): Promise<T>;
}

/** Gives a Prisma transaction the shape of {@link SqlTx}. The SQL is ours, never a user's; values travel as parameters. */
export function sqlTxOfPrisma(tx: RawQuerying): SqlTx {
  return {
    query: <Row>(sql: string, params: readonly unknown[] = []) => tx.$queryRawUnsafe<Row[]>(sql, ...params),
  };
}

/** Gives a `pg` client, inside a transaction that the caller began, the shape of {@link SqlTx}. */
export function sqlTxOfPg(client: ClientBase): SqlTx {
  return {
    query: async <Row>(sql: string, params: readonly unknown[] = []) =>
      (await client.query(sql, params as unknown[])).rows as Row[],
  };
}
