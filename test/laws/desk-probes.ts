import type { GateServices } from '#app/access/gate.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { chosenPerson, submitBeginning } from '#app/privacy/desk/begin.ts';
import { readDesk } from '#app/privacy/desk/list.ts';
import { readRequestEmails, readRequestPage } from '#app/privacy/desk/read.ts';
import { checkStoredReceipt, readReceiptView } from '#app/privacy/desk/receipt.ts';
import { readRequestForStaff, submitRequestForm } from '#app/privacy/desk/request-page.ts';
import { readDeskStamp, readRequestStamp, stampOfRequest } from '#app/privacy/desk/stamp.ts';
import { submitRequest } from '#app/privacy/desk/submit.ts';
import { closeUnverified } from '#app/privacy/individuals/close-unverified.ts';
import type { Probe } from '#test/laws/tenant-matrix.ts';

interface Inside {
  readonly gate: GateServices;
  readonly inMine: <T>(work: (tx: ShopTx) => Promise<T>) => Promise<T>;
}

/** The desk, asked for another shop's requests and people. */
export function deskProbes(inside: () => Inside): Readonly<Record<string, Probe>> {
  const view = { staffId: '1', requestId: 'r' };
  const form = (fields: Record<string, string>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.set(name, value);
    return data;
  };
  const services = () => ({
    ...inside().gate,
    jobs: { add: async () => undefined, close: async () => undefined },
    publicKeys: async () => new Map<string, Buffer>(),
  });
  return {
    readDesk: async (me, { requestId }) =>
      (await readDesk(services(), me.shopId, { view: 'open', page: 1 })).rows.some(({ id }) => id === requestId),
    readRequestPage: (me, { requestId }) => readRequestPage(services(), me.shopId, view, requestId),
    readRequestEmails: (me, { requestId }) => readRequestEmails(services(), me.shopId, view, requestId),
    // It takes nothing but the shop: the desk of one's own is the same whatever the other has.
    readDeskStamp: (me) => readDeskStamp(services(), me.shopId, { view: 'open', page: 1 }),
    readRequestStamp: (me, { requestId }) => readRequestStamp(services(), me.shopId, requestId),
    stampOfRequest: (_, { shopId, requestId }) =>
      inside().inMine((tx) => stampOfRequest(sqlTxOfPrisma(tx), shopId, requestId)),
    readRequestForStaff: (me, { requestId }) => readRequestForStaff(services(), me.shopId, view, requestId),
    submitRequest: (me, { requestId }) =>
      submitRequest(services(), me.shopId, '1', requestId, form({ intent: 'pause', ground: 'legal-claims' })),
    submitRequestForm: (me, { requestId }) =>
      submitRequestForm(services(), me.shopId, view, requestId, form({ intent: 'emails' })),
    // The same address in both shops: each finds its own person only, and a number of the other shop's is nobody's.
    submitBeginning: (me, { shopId }) =>
      submitBeginning(
        services(),
        me.shopId,
        { ...view, timeZone: null },
        form({ intent: 'find', by: 'customer', value: shopId === me.shopId ? '1' : '70000000001' }),
      ),
    chosenPerson: (me, { personId }) => inside().inMine((tx) => chosenPerson(tx, me.shopId, personId)),
    closeUnverified: (_, { shopId }) =>
      inside().inMine((tx) => closeUnverified(sqlTxOfPrisma(tx), shopId, new Date('2099-01-01T00:00:00Z'))),
    readReceiptView: (_, { shopId, requestId }) =>
      inside().inMine((tx) => readReceiptView(sqlTxOfPrisma(tx), shopId, requestId)),
    checkStoredReceipt: (_, { shopId, requestId }) =>
      inside().inMine((tx) => checkStoredReceipt(sqlTxOfPrisma(tx), shopId, requestId, services().publicKeys)),
  };
}
