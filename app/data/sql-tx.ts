import type { ClientBase } from 'pg';

/**
 * A transaction that takes hand-written SQL: what Prisma's interactive transactions and `pg` clients have in common.
 *
 * Data functions that both the admin pages and the worker call are written against it. Values that are bytes come back
 * as `Uint8Array` (a `Buffer` from `pg`); arrays of bytes are passed as hexadecimal text, which both drivers agree on.
 * What only the worker calls passes the arrays of binary-arrays.ts, which only `pg` takes.
 */
export interface SqlTx {
  query<Row>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
}

/** The values of a statement that is put together of parts, each with the place it has in it. */
export class Params {
  readonly values: unknown[] = [];

  /** @returns the value's place, such as `$3::uuid`. */
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${String(this.values.length)}::${type}`;
  }
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

/**
 * Gives a `pg` client, inside a transaction that the caller began, the shape of {@link SqlTx}.
 *
 * Statements with parameters are prepared once for each connection: the worker runs the same few for every batch, and
 * planning them cost more than running them.
 */
export function sqlTxOfPg(client: ClientBase): SqlTx {
  return {
    query: async <Row>(sql: string, params: readonly unknown[] = []) => {
      const values = params as unknown[];
      const name = values.length === 0 ? undefined : statementName(sql);
      const result = await (name === undefined ? client.query(sql, values) : client.query({ name, text: sql, values }));
      return result.rows as Row[];
    },
  };
}

/** Our statements are constants in the code, a few dozen; should one be put together in many ways, those go unprepared. */
const MAX_STATEMENTS = 200;
const names = new Map<string, string>();

function statementName(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= MAX_STATEMENTS) return known;
  const name = `tx${String(names.size)}`;
  names.set(sql, name);
  return name;
}
