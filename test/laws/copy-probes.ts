import type { GateServices } from '#app/access/gate.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { listNotices, writeDueNotices } from '#app/privacy/notices/notices.ts';
import { sendNotices } from '#app/privacy/notices/send.ts';
import { PACKAGE_SCHEMA, type PackageDocument } from '#app/privacy/package/document.ts';
import { keepCopyClock } from '#app/privacy/package/clock.ts';
import { fetchPackage, previewPackage } from '#app/privacy/package/fetch.ts';
import { issueLink } from '#app/privacy/package/links.ts';
import { readWaitingProfiles, waitingDigests } from '#app/privacy/package/waiting-profiles.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { readRows } from '#app/privacy/package/read-rows.ts';
import { endPackages, getPackage, releasePackage, storePackage } from '#app/privacy/package/store.ts';
import { whoLooked } from '#app/privacy/package/who-looked.ts';
import type { Ids, Probe } from '#test/laws/tenant-matrix.ts';

/** What the probes of one feature work with: the doors of the shop `mine`. */
interface Inside {
  readonly gate: GateServices;
  readonly inMine: <T>(work: (tx: ShopTx) => Promise<T>) => Promise<T>;
  readonly now: Date;
}

/** Copies and notices, asked for another shop's ids, or given another shop's id inside one's own transaction. */
export function copyProbes(inside: () => Inside): Readonly<Record<string, Probe>> {
  const { view, document } = CONSTANTS;
  const probe =
    (work: (tx: ShopTx, at: Inside, theirs: Ids) => Promise<unknown>): Probe =>
    (_, theirs) =>
      inside().inMine((tx) => work(tx, inside(), theirs));
  return {
    readWaitingProfiles: (_, { shopId }) =>
      inside().inMine((tx) =>
        readWaitingProfiles(
          tx,
          shopId,
          { keyOf: () => null, loadIfStale: () => Promise.resolve() },
          [Buffer.alloc(16)],
          { actor: 'system:test', job: 'test', requestId: 'r', at: new Date() },
        ),
      ),
    waitingDigests: probe(async (tx, _at, { shopId }) => [...(await waitingDigests(tx, shopId, [Buffer.alloc(16)]))]),
    makePackage: (me, { requestId }) => makePackage(inside().gate, me.shopId, requestId),
    previewPackage: (me, { requestId }) => previewPackage(inside().gate, me.shopId, view, requestId),
    fetchPackage: (me, { requestId }) => fetchPackage(inside().gate, me.shopId, view, requestId),
    issueLink: (me, { requestId }) => issueLink(inside().gate, me.shopId, requestId, 'operator:probe'),
    keepCopyClock: (me) => keepCopyClock(inside().gate, me.shopId),
    storePackage: probe((tx, { gate, now }, { shopId, requestId }) =>
      storePackage(tx, gate.keyStore, shopId, { requestId, document, subjectIds: [], namesStaff: false, at: now }),
    ),
    getPackage: probe((tx, _at, { shopId, requestId }) => getPackage(tx, shopId, requestId)),
    releasePackage: probe((tx, { now }, { shopId, requestId }) =>
      releasePackage(tx, shopId, requestId, { reason: 'reviewed', at: now }),
    ),
    endPackages: probe((tx, { now }, { shopId, requestId, personId }) =>
      endPackages(sqlTxOfPrisma(tx), shopId, { requestIds: [requestId], subjectIds: [personId] }, 'erased', now),
    ),
    readRows: probe((tx, _at, { shopId, personId, cartId, requestId }) =>
      readRows(
        sqlTxOfPrisma(tx),
        shopId,
        async (_scope, values) => values.map(() => null),
        { person: [personId], cart: [cartId], checkout: [], order: [], request: [requestId] },
        null,
      ).then((rows) => [...rows.values()].flat()),
    ),
    whoLooked: probe((tx, { gate }, { shopId, personId, cartId }) =>
      whoLooked(sqlTxOfPrisma(tx), gate.keyStore, shopId, { person: [personId], cart: [cartId] }, null),
    ),
    writeDueNotices: probe((tx, { now }, { shopId }) => writeDueNotices(sqlTxOfPrisma(tx), shopId, now)),
    listNotices: probe((tx, _at, { shopId }) => listNotices(sqlTxOfPrisma(tx), shopId)),
    sendNotices: (me) =>
      sendNotices(
        {
          ...inside().gate,
          mailer: null,
          adminUrl: (domain, path) => domain + path,
        },
        me.shopId,
      ),
  };
}

const CONSTANTS: { readonly view: { staffId: string; requestId: string }; readonly document: PackageDocument } = {
  view: { staffId: '1', requestId: 'r' },
  document: {
    schema: PACKAGE_SCHEMA,
    madeAt: '2026-01-01T00:00:00.000Z',
    shop: 'clay.myshopify.com',
    scope: { kind: 'everything', since: null },
    purposes: [],
    sections: [],
    looks: [],
    recipients: [],
  },
};
