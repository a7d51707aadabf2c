import type { Pool, PoolClient } from 'pg';

import type { PrismaClient } from '#app/data/prisma/client.ts';
import type { Database } from '#app/data/with-shop.ts';

/** Breaks off at the n-th statement, whichever connection it goes over; never again after that. */
export class BreakingPoint {
  readonly #at: number;
  #statements = 0;

  constructor(at: number) {
    this.#at = at;
  }

  /** Whether the point was reached at all. */
  get isReached(): boolean {
    return this.#statements > this.#at;
  }

  step(): void {
    this.#statements += 1;
    if (this.#statements === this.#at + 1) throw new Error('broken off');
  }

  pool(pool: Pool): Pool {
    return new Proxy(pool, {
      get: (target, name) => {
        if (name === 'connect') return async () => this.#client(await target.connect());
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
      },
    });
  }

  database(db: Database): Database {
    const prisma = db.prisma.$extends({
      query: {
        $allOperations: ({ args, query }) => {
          this.step();
          return query(args);
        },
      },
    });
    return { ...db, prisma: prisma as unknown as PrismaClient };
  }

  #client(client: PoolClient): PoolClient {
    return new Proxy(client, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (name === 'query' && args[0] !== 'ROLLBACK') this.step();
          return (value as (...all: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  }
}
