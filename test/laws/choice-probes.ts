import type { GateServices } from '#app/access/gate.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { hasPeopleToAskAbout, sharedAddresses } from '#app/privacy/choices/read-choices.ts';
import { findUntold, mayTell, optOut, takeBackOptOut } from '#app/privacy/choices/opt-out.ts';
import { submitChoice } from '#app/privacy/choices/person-form.ts';
import { readChoice } from '#app/privacy/choices/read-choice.ts';
import {
  endSaleOptOuts,
  findSuppressed,
  isObjectionInForce,
  objectionRequestOf,
  suppress,
  takeBackObjection,
  takeBackSaleOptOuts,
  untoldSaleOptOuts,
} from '#app/privacy/choices/suppressions.ts';
import { cutTies } from '#app/privacy/choices/work-objection.ts';
import { NOBODY } from '#app/privacy/requests/subject.ts';
import type { Probe } from '#test/laws/tenant-matrix.ts';

const NOTHING = {
  personIds: [],
  cartIds: [],
  checkoutIds: [],
  orderIds: [],
  customerRefs: [],
  emailIndexes: [],
};

interface Inside {
  readonly gate: GateServices;
  readonly inMine: <T>(work: (tx: ShopTx) => Promise<T>) => Promise<T>;
  readonly now: Date;
}

/** Shoppers' choices, asked for and set in another shop. */
export function choiceProbes(inside: () => Inside): Readonly<Record<string, Probe>> {
  const sql = <T>(work: (tx: SqlTx) => Promise<T>) => inside().inMine((tx) => work(sqlTxOfPrisma(tx)));
  const refusal = () => ({ what: 'objection', source: 'merchant', at: inside().now }) as const;
  const jobs = { add: async () => undefined, close: async () => undefined };
  return {
    // Always as one's own shop: the person is the other's.
    readChoice: (me, { personId }) => readChoice(inside().gate, me.shopId, [personId]),
    optOut: (me, { personId }) =>
      optOut({ ...inside().gate, jobs }, me.shopId, { staffId: '1', requestId: 'r' }, personId),
    hasPeopleToAskAbout: (_, { shopId }) => sql((tx) => hasPeopleToAskAbout(tx, shopId)),
    suppress: (_, { shopId }) =>
      sql((tx) => suppress(tx, shopId, refusal(), [{ kind: 'customer', tag: 'aa', ref: null }])),
    endSaleOptOuts: (_, { shopId }) => sql((tx) => endSaleOptOuts(tx, shopId, ['aa'], inside().now)),
    takeBackSaleOptOuts: (_, { shopId }) =>
      sql((tx) => takeBackSaleOptOuts(tx, shopId, ['aa'], { why: 'mistake', at: inside().now })),
    takeBackObjection: (_, { shopId, requestId }) =>
      sql((tx) => takeBackObjection(tx, shopId, requestId, { why: 'mistake', at: inside().now })),
    isObjectionInForce: (_, { shopId, requestId }) => sql((tx) => isObjectionInForce(tx, shopId, requestId)),
    objectionRequestOf: (_, { shopId }) => sql((tx) => objectionRequestOf(tx, shopId, ['aa'])),
    untoldSaleOptOuts: (_, { shopId }) => sql((tx) => untoldSaleOptOuts(tx, shopId)),
    takeBackOptOut: (me, { personId }) =>
      takeBackOptOut({ ...inside().gate, jobs }, me.shopId, { staffId: '1', requestId: 'r' }, personId, 'mistake'),
    mayTell: (_, { shopId }) => inside().inMine((tx) => mayTell(tx, shopId)),
    submitChoice: (me, { personId }) => {
      const form = new FormData();
      form.set('intent', 'opt-out');
      return submitChoice({ ...inside().gate, jobs }, me.shopId, { staffId: '1', requestId: 'r' }, personId, form);
    },
    sharedAddresses: (_, { shopId, personId }) => sql((tx) => sharedAddresses(tx, shopId, [personId])),
    findUntold: (_, { shopId }) => inside().inMine((tx) => findUntold(tx, inside().gate.keyStore, shopId)),
    cutTies: (_, { shopId, personId }) =>
      sql((tx) =>
        cutTies(
          tx,
          shopId,
          inside().gate,
          {
            subject: { ...NOBODY, personIds: [personId] },
            found: NOTHING,
            identifiers: { customerIds: ['70000000001'], emails: [], orderIds: [] },
          },
          { source: 'merchant', requestId: null, at: inside().now },
        ),
      ),
    findSuppressed: (_, { shopId }) => sql((tx) => findSuppressed(tx, shopId, ['aa'])),
  };
}
