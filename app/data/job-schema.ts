import type { Client, Pool, QueryResult } from 'pg';
import type { ConstructorOptions } from 'pg-boss';

/** pg-boss's schema, made by `npm run db:deploy`. */
export const JOB_SCHEMA = 'pgboss';

/** Lets pg-boss work over a pool or connection of ours, which acts as one database role. */
export function executorOf(connection: Pool | Client): NonNullable<ConstructorOptions['db']> {
  return {
    executeSql: async (text, values) => {
      // Some of its statements are several in one text; what counts is the last.
      const result = (await connection.query(text, values)) as QueryResult | QueryResult[];
      const last = Array.isArray(result) ? result.at(-1) : result;
      return { rows: last?.rows ?? [] };
    },
  };
}
