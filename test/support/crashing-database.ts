import type { Database } from '#app/data/with-shop.ts';

/** What a statement that was not allowed to run throws. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** The database, and a program on it that dies when it sends its `nth` statement; counts from when it was made. */
export function crashingDatabase(db: Database, nth: number): { db: Database; sent: () => number } {
  let count = 0;
  const dying = <T extends object>(tx: T): T =>
    new Proxy(tx, {
      get: (target, name, receiver) => {
        if (name !== '$queryRawUnsafe') return Reflect.get(target, name, receiver) as unknown;
        return (...args: unknown[]) => {
          count += 1;
          if (count >= nth) return Promise.reject(new Crash(`at statement ${String(count)}`));
          return (Reflect.get(target, name) as (...all: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  const prisma = {
    $transaction: (work: (tx: object) => Promise<unknown>, options: object) =>
      db.prisma.$transaction((tx) => work(dying(tx)), options),
  };
  return { db: { ...db, prisma: prisma as unknown as Database['prisma'] }, sent: () => count };
}
