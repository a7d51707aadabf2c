import type { GateServices } from '#app/access/gate.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { hasPeopleToAskAbout } from '#app/privacy/choices/read-choices.ts';
import { endSaleOptOuts, findSuppressed, suppress } from '#app/privacy/choices/suppressions.ts';
import type { Probe } from '#test/laws/tenant-matrix.ts';

interface Inside {
  readonly gate: GateServices;
  readonly inMine: <T>(work: (tx: ShopTx) => Promise<T>) => Promise<T>;
  readonly now: Date;
}

/** Shoppers' choices, asked for and set in another shop. */
export function choiceProbes(inside: () => Inside): Readonly<Record<string, Probe>> {
  const sql = <T>(work: (tx: SqlTx) => Promise<T>) => inside().inMine((tx) => work(sqlTxOfPrisma(tx)));
  const refusal = () => ({ what: 'objection', source: 'merchant', at: inside().now }) as const;
  return {
    hasPeopleToAskAbout: (_, { shopId }) => sql((tx) => hasPeopleToAskAbout(tx, shopId)),
    suppress: (_, { shopId }) =>
      sql((tx) => suppress(tx, shopId, refusal(), [{ kind: 'customer', tag: 'aa', ref: null }])),
    endSaleOptOuts: (_, { shopId }) => sql((tx) => endSaleOptOuts(tx, shopId, ['aa'], inside().now)),
    findSuppressed: (_, { shopId }) => sql((tx) => findSuppressed(tx, shopId, ['aa'])),
  };
}
