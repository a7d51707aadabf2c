import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { staffActor } from '#app/access/actor.ts';
import { openForPeople, openForWork } from '#app/access/gate.ts';
import { hiddenPeople } from '#app/access/hidden-people.ts';
import { changeRoles, listMembers, meetStaff, ownerNames } from '#app/access/members.ts';
import { parseLogAddress } from '#app/access/log/address.ts';
import { listAccessRecords, listActors } from '#app/access/log/list.ts';
import { readLooksByDay } from '#app/access/log/looks-by-day.ts';
import { nameActors } from '#app/access/log/names.ts';
import { readCheck } from '#app/access/log/check.ts';
import { keepCheckpoint } from '#app/access/log/checkpoint.ts';
import { lookForUnusual } from '#app/access/log/look.ts';
import { listReviews, raiseReview, signOffReview } from '#app/access/log/review.ts';
import { writeAccessRecord } from '#app/access/record.ts';
import { submitRoles } from '#app/access/roles-submit.ts';
import { endReveal, startReveal, touchReveal } from '#app/access/reveal.ts';
import { DEFAULT_STRICTNESS, readStrictness, saveStrictness } from '#app/access/settings.ts';
import { readStanding } from '#app/access/standing.ts';
import { catalogueOf } from '#app/carts/catalogue.ts';
import { readChanges } from '#app/carts/changes.ts';
import { listCarts } from '#app/carts/list.ts';
import { readCart } from '#app/carts/read-cart.ts';
import { getRevision } from '#app/carts/revision.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { movePeopleDigests } from '#app/customers/move-digests.ts';
import { searchByEmail } from '#app/customers/email-search.ts';
import { familyOf } from '#app/customers/family.ts';
import { listCustomers } from '#app/customers/list.ts';
import { openNames, readNames } from '#app/customers/names.ts';
import { openPersonField } from '#app/customers/person-field.ts';
import { readPerson } from '#app/customers/read-person.ts';
import { type ShopTx, withShop } from '#app/data/with-shop.ts';
import { acceptAgreement } from '#app/privacy/agreements/accept.ts';
import {
  listDelegates,
  moveDelegateDigests,
  nameDelegate,
  removeDelegate,
  standingOf,
} from '#app/privacy/agreements/delegates.ts';
import { submitOnboarding } from '#app/privacy/agreements/onboarding-submit.ts';
import { onboardingState } from '#app/privacy/agreements/onboarding.ts';
import type { Signer } from '#app/privacy/agreements/signer.ts';
import { CURRENT_AGREEMENT } from '#app/privacy/agreements/versions.ts';
import { eraseRows, NO_TARGETS } from '#app/privacy/erasure/erase-rows.ts';
import { eraseSubject } from '#app/privacy/erasure/erase-subject.ts';
import { openRequests } from '#app/privacy/erasure/requests-about.ts';
import { refsOfTargets } from '#app/privacy/erasure/refs-of-targets.ts';
import { noteFollowed, readRun, saveRun, takeFollowed } from '#app/privacy/erasure/run-record.ts';
import { wakeErasures } from '#app/privacy/erasure/wait-for-copy.ts';
import { blockedReturns, countBlocked, findTombstones, setTombstones } from '#app/privacy/forgotten/tombstones.ts';
import { readReceipt } from '#app/privacy/receipts/issue.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { insertRequest } from '#app/privacy/requests/insert.ts';
import {
  extendRequest,
  finishRequest,
  isStillWorking,
  leaveResidue,
  offerRequest,
  pauseRequest,
  refuseRequest,
  resumeRequest,
  startRequest,
  supersedeRequest,
} from '#app/privacy/requests/move.ts';
import { kindOfRequest, listRequests, readRequest, requestsToWorkOn } from '#app/privacy/requests/read.ts';
import { recordComplianceRequest } from '#app/privacy/requests/record.ts';
import { readSteps, writeStep } from '#app/privacy/requests/steps.ts';
import { NOBODY, sealSubject } from '#app/privacy/requests/subject.ts';
import { addToRun, deleteBatch, readDeleted } from '#app/privacy/shop-erasure/batches.ts';
import { beginShopErasure } from '#app/privacy/shop-erasure/begin.ts';
import { openOverdueErasure } from '#app/privacy/shop-erasure/overdue.ts';
import { findCustomer, findSubject } from '#app/privacy/subject/find-subject.ts';
import { PRESET_TERMS } from '#app/privacy/retention.ts';
import { listRuns } from '#app/privacy/retention/list-runs.ts';
import { planRun } from '#app/privacy/retention/plan.ts';
import { previewRetention } from '#app/privacy/retention/preview.ts';
import { listSettings, saveSettings } from '#app/privacy/retention/settings.ts';
import { rememberActivity } from '#app/privacy/retention/steps/last-activity.ts';
import { claimMissingVariants } from '#app/shopify/catalogue.ts';
import {
  applyGrantedScopes,
  applyShopUpdate,
  recordInstallation,
  recordUninstallation,
} from '#app/shopify/installation.ts';
import { offlineSessionId, SealedSessionStorage } from '#app/shopify/session-storage.ts';
import { choiceProbes } from '#test/laws/choice-probes.ts';
import { copyProbes } from '#test/laws/copy-probes.ts';
import { deskProbes } from '#test/laws/desk-probes.ts';
import { dataFunctions } from '#test/laws/data-functions.ts';
import { parse } from '#test/laws/source.ts';
import { NO_KEYS, REFUSALS, refusalText } from '#test/laws/tenant-refusals.ts';
import { onboardShop, type Pipeline, startPipeline } from '#test/support/pipeline.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';
import { joinStaff, showNames } from '#test/support/staff.ts';
import { story } from '#test/support/story.ts';

const NOW = new Date();
const SETTINGS = { idleAfterMinutes: 60, nowMs: NOW.getTime() };
const OWNER: Signer = { staffId: '1', name: 'Owner', verifiedEmail: 'owner@clay.example', isAccountOwner: true };
const DELEGATE: Signer = {
  staffId: '2',
  name: 'Delegate',
  verifiedEmail: 'delegate@clay.example',
  isAccountOwner: false,
};

/** Ids that belong together: those of a shop, or made up ones. */
export interface Ids {
  readonly shopId: string;
  readonly domain: string;
  readonly cartId: string;
  readonly supportCode: string;
  readonly delegateId: string;
  readonly personId: string;
  readonly requestId: string;
  readonly memberId: string;
}

/**
 * One way to reach for what is not one's own, from inside the shop `mine`. `theirs` are either another shop's ids or
 * made up; the answer must not tell which.
 */
export type Probe = (mine: Ids, theirs: Ids) => Promise<unknown>;

let world: ShopWorld;
let pipeline: Pipeline;
let mine: Ids;
let theirs: Ids;

const inMine = <T>(work: (tx: ShopTx) => Promise<T>) => withShop(world.db, mine.shopId, work);
const inMineSql = <T>(work: (tx: ReturnType<typeof sqlTxOfPrisma>) => Promise<T>) =>
  inMine((tx) => work(sqlTxOfPrisma(tx)));
const gate = () => ({ db: world.db, keyStore: world.keyStore, clock: () => NOW });
const sessions = () => new SealedSessionStorage({ db: world.db, keyStore: world.keyStore, log: world.log });
const NO_JOBS = { add: async () => undefined, close: async () => undefined };
const NO_INBOX_KEYS = { keyOf: () => null, loadIfStale: () => Promise.resolve() };
const FOUND_NOTHING = {
  personIds: [],
  cartIds: [],
  checkoutIds: [],
  orderIds: [],
  customerRefs: [],
  emailIndexes: [],
};
const MOVER = { actor: 'staff:0', at: NOW };
/** The owner, to whom names are shown. */
const looking = { staffId: OWNER.staffId, requestId: 'r' };
const ownActor = async () =>
  staffActor((await inMineSql((tx) => world.keyStore.shopKeys(tx, mine.shopId))).pseudonymKey, OWNER.staffId);
const cursorOf = (id: string) => ({ lastChangedAtMs: NOW.getTime() + 1_000_000, id });

/** Every data function, asked for another shop's ids, or given another shop's id inside one's own transaction. */
const MATRIX: Readonly<Record<string, Probe>> = {
  listCarts: async (me, { supportCode, cartId }) => {
    const query = { view: 'all', code: supportCode, after: cursorOf(cartId) } as const;
    const { code: _echoed, ...page } = await listCarts(world.db, me.shopId, query, SETTINGS);
    return page;
  },
  readChanges: (me, { cartId }) => readChanges(world.db, me.shopId, { revision: '0', shown: [cartId] }, SETTINGS),
  readCart: (me, { cartId }) => readCart(gate(), me.shopId, { staffId: '1', requestId: 'r' }, cartId),
  openForPeople: (me, { shopId, cartId }) =>
    openForPeople(
      gate(),
      me.shopId,
      { staffId: '1', requestId: 'r', purpose: 'cart-activity', page: 'cart' },
      async (tx, open) => {
        const states = await tx.cartState.findMany({ where: { shopId, cartId } });
        const place = { shop: shopId, table: 'cart_states', column: 'sealed', row: cartId };
        const values = states.map(({ sealed }) => ({ subjectId: cartId, sealed, place }));
        return open('cart', [...values, { subjectId: cartId, sealed: new Uint8Array(), place }], ['lines']);
      },
    ),
  openRequests: (me, { shopId, requestId }) =>
    openForWork(
      gate(),
      me.shopId,
      { actor: 'system:probe', requestId: 'r', purpose: 'privacy-requests', job: 'probe' },
      (tx, open) => openRequests(tx, shopId, open, requestId),
    ),
  openForWork: (me, { shopId, cartId }) =>
    openForWork(
      gate(),
      me.shopId,
      { actor: 'system:probe', requestId: 'r', purpose: 'privacy-requests', job: 'probe' },
      async (tx, open) => {
        const states = await tx.cartState.findMany({ where: { shopId, cartId } });
        const place = { shop: shopId, table: 'cart_states', column: 'sealed', row: cartId };
        return open(
          'cart',
          [...states, { sealed: new Uint8Array() }].map(({ sealed }) => ({ subjectId: cartId, sealed, place })),
          ['lines'],
        );
      },
    ),
  readStanding: (_, { shopId }) => inMine(async (tx) => readStanding(tx, shopId, await ownActor(), NOW.getTime())),
  meetStaff: (_, { shopId }) => inMine((tx) => meetStaff(tx, world.keyStore, shopId, { ...OWNER, staffId: '77' }, NOW)),
  listMembers: (_, { shopId }) => inMine((tx) => listMembers(tx, world.keyStore, shopId)),
  ownerNames: (_, { shopId }) => inMine((tx) => ownerNames(tx, world.keyStore, shopId)),
  changeRoles: async (me, { shopId, memberId }) => {
    const change = { by: await ownActor(), changes: [{ memberId, to: 'owner' }], at: NOW } as const;
    return [
      await inMine((tx) => changeRoles(tx, me.shopId, change)),
      await inMine((tx) => changeRoles(tx, shopId, change)),
    ];
  },
  submitRoles: async (me, { memberId }) =>
    submitRoles(gate(), me.shopId, await ownActor(), { changes: [{ memberId, to: 'owner' }], strictness: null }),
  readStrictness: (_, { shopId }) => inMine((tx) => readStrictness(tx, shopId)),
  saveStrictness: (_, { shopId }) =>
    inMine((tx) => saveStrictness(tx, shopId, { ...DEFAULT_STRICTNESS, masksNames: true, actor: 'staff:0', at: NOW })),
  startReveal: (_, { shopId, memberId }) =>
    inMine((tx) => startReveal(tx, shopId, { memberId, purpose: 'customer-service', at: NOW })),
  endReveal: (me, { memberId }) => inMine((tx) => endReveal(tx, me.shopId, memberId)),
  touchReveal: (me, { memberId }) => inMine((tx) => touchReveal(tx, me.shopId, memberId, NOW.getTime() + 60_000)),
  hiddenPeople: async (_, { shopId, personId }) => {
    const keys = await inMineSql((tx) => world.keyStore.shopKeys(tx, mine.shopId));
    return inMine((tx) => hiddenPeople(tx, keys, shopId, [personId], ['CA']));
  },
  listCustomers: async (me, { supportCode, personId }) => {
    const after = { firstSeenAtMs: NOW.getTime() + 1_000_000, id: personId };
    const { code: _echoed, ...page } = await listCustomers(
      world.db,
      me.shopId,
      { code: supportCode, after },
      NOW.getTime(),
    );
    return page;
  },
  readPerson: (me, { personId }) => readPerson(gate(), me.shopId, looking, personId),
  familyOf: async (me, { shopId, personId }) => [
    await inMine((tx) => familyOf(tx, me.shopId, personId)),
    await inMine((tx) => familyOf(tx, shopId, personId)),
  ],
  openNames: (me, { shopId, personId }) =>
    openForPeople(gate(), me.shopId, { ...looking, page: 'p', purpose: 'cart-activity' }, (tx, open) =>
      openNames(tx, open, shopId, [personId]),
    ),
  readNames: (me, { personId }) => {
    const reveal = { purpose: 'customer-service', endsAtMs: NOW.getTime() + 60_000 } as const;
    const view = { ...looking, page: 'p', purpose: 'cart-activity' } as const;
    return readNames(gate(), me.shopId, view, { reveal }, [personId]);
  },
  searchByEmail: (me) => searchByEmail(gate(), me.shopId, looking, 'somebody@nowhere.example'),
  openPersonField: async (me, { personId }) => {
    // Another probe ends what was shown.
    await showNames(world, me.shopId, me.memberId, NOW);
    const who = { staffId: '2', requestId: 'r' };
    return openPersonField(gate(), me.shopId, who, { personId, field: 'email', act: 'copy-address', reason: null });
  },
  catalogueOf: (_, { shopId }) => inMine((tx) => catalogueOf(tx, shopId, [{ variantId: '700000000012' }])),
  getRevision: (_, { shopId }) => inMine((tx) => getRevision(tx, shopId)),
  writeAccessRecord: (_, { shopId }) =>
    inMine((tx) =>
      writeAccessRecord(tx, shopId, {
        at: NOW,
        actor: 'staff:0',
        purpose: 'cart-activity',
        page: 'p',
        fields: [],
        subjects: [],
        valueCount: 0,
        requestId: 'r',
      }),
    ),
  listAccessRecords: (_, { shopId }) =>
    inMine((tx) =>
      listAccessRecords(tx, shopId, parseLogAddress(new URLSearchParams()), { timeZone: null, atMost: 10 }),
    ),
  readLooksByDay: (_, { shopId }) => inMine((tx) => readLooksByDay(tx, shopId, { timeZone: null, now: NOW })),
  listActors: (_, { shopId }) => inMine((tx) => listActors(tx, shopId)),
  nameActors: (_, { shopId }) => inMine((tx) => nameActors(tx, world.keyStore, shopId, ['staff:0'])),
  readCheck: (_, { shopId }) => inMine((tx) => readCheck(tx, shopId)),
  listReviews: (_, { shopId }) => inMine((tx) => listReviews(tx, shopId)),
  lookForUnusual: (_, { shopId }) => inMine((tx) => lookForUnusual(tx, shopId, NOW)),
  raiseReview: (_, { shopId }) =>
    inMine((tx) =>
      raiseReview(
        tx,
        shopId,
        { rule: 'volume', actor: 'staff:0', day: '2026-11-26', count: 1, threshold: 1, lastSeq: 1n },
        NOW,
      ),
    ),
  signOffReview: async (me, { shopId, delegateId }) => {
    const signOff = {
      id: delegateId,
      by: 'staff:0',
      verdict: 'explained',
      reason: 'busy-day',
      at: NOW,
      requestId: 'r',
    } as const;
    return [
      await inMine((tx) => signOffReview(tx, me.shopId, signOff)),
      await inMine((tx) => signOffReview(tx, shopId, signOff)),
    ];
  },
  keepCheckpoint: (_, { shopId }) =>
    inMine((tx) => keepCheckpoint(tx, world.keyring, shopId, { seq: 1n, hash: new Uint8Array(32) }, NOW)),
  onboardingState: (_, { shopId }) => inMine((tx) => onboardingState(tx, world.keyStore, shopId, OWNER)),
  acceptAgreement: (_, { shopId }) => {
    const { version, sha256 } = CURRENT_AGREEMENT;
    const acceptance = { signer: OWNER, contactEmail: 'x@clay.example', version, sha256, at: NOW };
    return inMine((tx) => acceptAgreement(tx, world.keyStore, shopId, acceptance));
  },
  movePeopleDigests: (_, { shopId }) => inMineSql((tx) => movePeopleDigests(tx, world.keyStore, shopId, null, 10)),
  moveDelegateDigests: (_, { shopId }) => inMineSql((tx) => moveDelegateDigests(tx, world.keyStore, shopId)),
  nameDelegate: (_, { shopId }) =>
    inMine((tx) => nameDelegate(tx, world.keyStore, shopId, { signer: OWNER, email: 'x@clay.example', at: NOW })),
  removeDelegate: async (me, { shopId, delegateId }) => [
    await inMine((tx) => removeDelegate(tx, me.shopId, { signer: OWNER, id: delegateId })),
    await inMine((tx) => removeDelegate(tx, shopId, { signer: OWNER, id: delegateId })),
  ],
  submitOnboarding: (me, { delegateId }) => {
    const form = new FormData();
    form.set('intent', 'remove-delegate');
    form.set('id', delegateId);
    return submitOnboarding(gate(), me.shopId, OWNER, form);
  },
  listDelegates: (_, { shopId }) => inMine((tx) => listDelegates(tx, world.keyStore, shopId)),
  standingOf: async (_, { shopId }) => {
    const keys = await inMineSql((tx) => world.keyStore.shopKeys(tx, mine.shopId));
    const theirKeys = shopId === theirs.shopId ? await keysOfTheirs() : keys;
    return inMine((tx) => standingOf(tx, theirKeys, shopId, DELEGATE));
  },
  ...copyProbes(() => ({ gate: gate(), inMine, now: NOW })),
  ...deskProbes(() => ({ gate: gate(), inMine })),
  ...choiceProbes(() => ({ gate: gate(), inMine, now: NOW })),
  listRequests: (_, { shopId }) => inMineSql((tx) => listRequests(tx, shopId)),
  readRequest: (_, { shopId, requestId }) => inMineSql((tx) => readRequest(tx, shopId, requestId)),
  readSteps: (_, { shopId, requestId }) => inMineSql((tx) => readSteps(tx, shopId, requestId)),
  writeStep: (_, { shopId, requestId }) =>
    inMineSql((tx) => writeStep(tx, shopId, requestId, { ...MOVER, step: 'done', ground: null })),
  isStillWorking: (_, { shopId, requestId }) => inMineSql((tx) => isStillWorking(tx, shopId, requestId)),
  startRequest: (_, { shopId, requestId }) => inMineSql((tx) => startRequest(tx, shopId, requestId, MOVER)),
  offerRequest: (_, { shopId, requestId }) => inMineSql((tx) => offerRequest(tx, shopId, requestId, 'ready', MOVER)),
  finishRequest: (_, { shopId, requestId }) => inMineSql((tx) => finishRequest(tx, shopId, requestId, MOVER)),
  leaveResidue: (_, { shopId, requestId }) => inMineSql((tx) => leaveResidue(tx, shopId, requestId, ['x'], MOVER)),
  pauseRequest: (_, { shopId, requestId }) =>
    inMineSql((tx) => pauseRequest(tx, shopId, requestId, 'legal-claims', MOVER)),
  resumeRequest: (_, { shopId, requestId }) => inMineSql((tx) => resumeRequest(tx, shopId, requestId, MOVER)),
  extendRequest: (_, { shopId, requestId }) =>
    inMineSql((tx) => extendRequest(tx, shopId, requestId, 'complexity', MOVER)),
  refuseRequest: (_, { shopId, requestId }) =>
    inMineSql((tx) => refuseRequest(tx, shopId, requestId, 'unfounded', MOVER)),
  supersedeRequest: (_, { shopId, requestId }) =>
    inMineSql((tx) => supersedeRequest(tx, shopId, requestId, 'shop-came-back', MOVER)),
  createRequest: (_, { shopId }) =>
    inMineSql((tx) =>
      createRequest(tx, world.keyStore, shopId, {
        kind: 'erasure',
        source: 'merchant',
        regime: 'gdpr',
        scope: null,
        subject: NOBODY,
        receivedAt: NOW,
        actor: 'staff:0',
      }),
    ),
  insertRequest: (_, { shopId, requestId }) =>
    inMineSql((tx) =>
      insertRequest(tx, shopId, {
        id: requestId,
        kind: 'erasure',
        source: 'merchant',
        regime: 'gdpr',
        scope: null,
        receivedAt: NOW,
        topic: null,
        bodyDigest: null,
        webhookId: null,
        triggeredAt: null,
        held: true,
        sealed: null,
        actor: 'staff:0',
      }),
    ),
  sealSubject: (_, { shopId, requestId }) =>
    inMineSql((tx) => sealSubject(tx, world.keyStore, shopId, requestId, NOBODY)),
  kindOfRequest: (_, { shopId, requestId }) => inMineSql((tx) => kindOfRequest(tx, shopId, requestId)),
  requestsToWorkOn: (_, { shopId }) => inMineSql((tx) => requestsToWorkOn(tx, shopId)),
  setTombstones: (_, { shopId, requestId }) =>
    inMineSql((tx) =>
      setTombstones(tx, shopId, { requestId, erasedAt: NOW }, [{ kind: 'cart', tag: 'aa', ref: null }]),
    ),
  findTombstones: (_, { shopId }) => inMineSql((tx) => findTombstones(tx, shopId, ['aa'])),
  countBlocked: (_, { shopId }) => inMineSql((tx) => countBlocked(tx, shopId, new Map([['aa', 1]]), NOW)),
  blockedReturns: (_, { shopId, requestId }) => inMineSql((tx) => blockedReturns(tx, shopId, requestId)),
  eraseRows: (_, { shopId, cartId, personId }) =>
    inMineSql((tx) => eraseRows(tx, shopId, { ...NO_TARGETS, cartIds: [cartId], personIds: [personId] })),
  refsOfTargets: (_, { shopId, cartId }) =>
    inMineSql((tx) => refsOfTargets(tx, shopId, { ...NO_TARGETS, cartIds: [cartId] })),
  noteFollowed: (_, { shopId, requestId }) =>
    inMineSql((tx) => noteFollowed(tx, shopId, requestId, { tables: [], keysDestroyed: 1 }, NOW)),
  takeFollowed: (_, { shopId, requestId }) => inMineSql((tx) => takeFollowed(tx, shopId, requestId)),
  wakeErasures: (_, { shopId, requestId }) => inMineSql((tx) => wakeErasures(tx, NO_JOBS, shopId, requestId)),
  readRun: (_, { shopId, requestId }) => inMineSql((tx) => readRun(tx, shopId, requestId)),
  readDeleted: (_, { shopId, requestId }) => inMineSql((tx) => readDeleted(tx, shopId, requestId)),
  saveRun: (_, { shopId, requestId }) =>
    inMineSql((tx) =>
      saveRun(tx, world.keyStore, shopId, requestId, {
        erasedAt: NOW,
        counts: { tables: [], keysDestroyed: 0, tombstones: 0, inboxDropped: 0, inboxUnopened: 0 },
        evidence: { customerIds: [], emails: [], orderIds: [], ids: [], refs: [] },
      }),
    ),
  eraseSubject: (_, { shopId, requestId, personId }) =>
    inMineSql((tx) =>
      eraseSubject(
        tx,
        shopId,
        { keyStore: world.keyStore, inboxKeys: NO_INBOX_KEYS },
        requestId,
        {
          subject: { ...NOBODY, personIds: [personId] },
          found: FOUND_NOTHING,
          identifiers: { customerIds: [], emails: [], orderIds: [] },
          closedRequestIds: [requestId],
          openRequestIds: [],
        },
        null,
        NOW,
      ),
    ),
  beginShopErasure: (_, { shopId, requestId }) => inMineSql((tx) => beginShopErasure(tx, shopId, requestId, MOVER)),
  deleteBatch: (_, { shopId }) =>
    inMineSql(async (tx) => [
      await deleteBatch(tx, shopId, 'keys.subject_keys'),
      await deleteBatch(tx, shopId, 'app.carts'),
    ]),
  addToRun: (_, { shopId, requestId }) =>
    inMineSql((tx) => addToRun(tx, shopId, requestId, { table: 'app.carts', deleted: 1, at: NOW })),
  openOverdueErasure: (_, { shopId }) => inMineSql((tx) => openOverdueErasure(tx, shopId, new Date('2099-01-01'))),
  readReceipt: (_, { shopId, requestId }) => inMineSql((tx) => readReceipt(tx, shopId, requestId)),
  findCustomer: async (_, { shopId, personId }) => {
    const [row] = await world.superuser<{ ref: string }>(
      `SELECT encode(customer_ref, 'hex') AS ref FROM app.people WHERE id = $1`,
      [personId],
    );
    const { customerRefs: _echoed, ...found } = await inMineSql((tx) => findCustomer(tx, shopId, row?.ref ?? 'aa'));
    return found;
  },
  findSubject: (_, { shopId, cartId, personId }) =>
    inMineSql((tx) =>
      findSubject(tx, world.keyStore, shopId, {
        customerIds: ['70000000001'],
        emails: ['shopper.same@example.com'],
        orderIds: ['70000000021'],
        cartIds: [cartId],
        personIds: [personId],
      }),
    ),
  recordComplianceRequest: (_, { shopId }) =>
    inMineSql((tx) =>
      recordComplianceRequest(tx, world.keyStore, shopId, {
        topic: 'shop/redact',
        body: {},
        receivedAt: NOW,
        triggeredAt: NOW,
        webhookId: 'w',
        row: { digest: Buffer.alloc(16) },
      }),
    ),
  planRun: (_, { shopId }) => inMineSql((tx) => planRun(tx, shopId, PRESET_TERMS, new Date('2099-01-01'))),
  previewRetention: (_, { shopId }) =>
    inMineSql((tx) => previewRetention(tx, shopId, PRESET_TERMS, new Date('2099-01-01'))),
  listSettings: (_, { shopId }) => inMineSql((tx) => listSettings(tx, shopId)),
  saveSettings: (_, { shopId }) =>
    inMineSql((tx) => saveSettings(tx, shopId, { from: 0, terms: PRESET_TERMS, actor: 'staff:0', at: NOW })),
  listRuns: (_, { shopId }) => inMineSql((tx) => listRuns(tx, shopId, 10)),
  rememberActivity: (_, { shopId, cartId }) =>
    inMineSql((tx) => rememberActivity(tx, shopId, [{ personId: cartId, clock: NOW }])),
  claimMissingVariants: (_, { shopId }) => inMineSql((tx) => claimMissingVariants(tx, shopId, ['700000000012'], NOW)),
  recordInstallation: (_, { shopId }) =>
    inMineSql((tx) => recordInstallation(tx, shopId, { grantedScopes: [], at: NOW })),
  recordUninstallation: (_, { shopId }) =>
    inMineSql((tx) => recordUninstallation(tx, shopId, { triggeredAt: NOW, receivedAt: NOW })),
  applyShopUpdate: (_, { shopId }) =>
    inMineSql((tx) => applyShopUpdate(tx, shopId, { currency: 'XXX', updatedAt: new Date('2099-01-01') })),
  applyGrantedScopes: (_, { shopId }) =>
    inMineSql((tx) => applyGrantedScopes(tx, shopId, { grantedScopes: [], saidAt: new Date('2099-01-01') })),
  'SealedSessionStorage.readSession': (_, { shopId, domain }) =>
    inMine((tx) => sessions().readSession(tx, shopId, offlineSessionId(domain))),
  'SealedSessionStorage.writeSession': (_, { shopId, domain }) =>
    inMine(async (tx) => {
      const { Session } = await import('@shopify/shopify-api');
      const session = new Session({ id: offlineSessionId(domain), shop: domain, state: '', isOnline: false });
      await sessions().writeSession(tx, shopId, session);
    }),
};

/** Data functions that need no probe, with the reason. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  readRoles: 'takes no id beside the shop of the session, and opens that shop',
  accessOf: 'takes no id beside the shop of the session, and names that shop’s owners',
  compareForWork: 'opens the shop it is given, as openForWork does; what it compares is found in that transaction',
  gather:
    'a request of the shop it is given, opened in a transaction of that shop: readRequest and findSubject are above',
  waitsForCopy: 'a request of the shop it is given, in transactions of that shop: its parts are above',
  workErasure: 'a request of the shop it is given, in transactions of that shop: its parts are above',
  workObjection: 'a request of the shop it is given, in transactions of that shop: its parts are above',
  workShopErasure: 'a request of the shop it is given, in transactions of that shop: its parts are above',
  scanResidue: 'looks through what a transaction of the shop it is given sees',
  scanSealed: 'looks through what a transaction of the shop it is given sees',
  issueReceipt: 'writes the receipt of a request; the policy on erasure_receipts refuses another shop',
  getAcceptedAgreement: 'takes no id beside the shop of the session, and opens that shop',
  readOnboarding: 'takes no id beside the shop of the session, and opens that shop',
  checkAccessLog: 'takes no id beside the shop, and opens that shop',
  readAccessLog: 'takes no id beside the shop, and opens that shop',
  exportAccessLog: 'takes no id beside the shop, and opens that shop',
  verifyAccessLog: 'takes no id beside the shop, and opens that shop',
  submitAccessLog: 'opens the shop it is given; what it signs off is found by signOffReview, above',
  retireAccessRecords: 'takes no id beside the shop, and opens that shop',
  readRetention: 'takes no id beside the shop of the session, and opens that shop',
  readPreview: 'takes no id beside the shop of the session, and opens that shop',
  submitRetention: 'takes no id beside the shop of the session, and opens that shop',
  runRetention: 'opens the shop it is given with withShop, and takes no other id',
  readChoices: 'asks Shopify with the token of the shop it is given, and stores with withShop of the same',
  tellOptOut: 'asks Shopify with the token of the shop it is given, and opens and stores with that shop only',
  fetchVariants: 'asks Shopify with the token of the shop it is given, and stores with withShop of the same',
  syncShopDetails: 'asks Shopify with the token of the shop it is given, and stores with withShop of the same',
};

type Outcome = { readonly answer: unknown } | { readonly refused: string };

async function outcomeOf(probe: Probe, ids: Ids): Promise<Outcome> {
  try {
    return { answer: await probe(mine, ids) };
  } catch (error) {
    return { refused: refusalText(error) };
  }
}

/** What whoever asks gets to see: an answer, or that there is none. */
function shown(outcome: Outcome): unknown {
  return 'refused' in outcome ? 'refused' : outcome;
}

function told(outcome: Outcome): string {
  return 'refused' in outcome ? outcome.refused : 'answered';
}

/** @param reasons one of which a refusal has to give; null where there is none to be. */
function isAsSaid(outcome: Outcome, reasons: readonly string[] | null): boolean {
  if (!('refused' in outcome)) return reasons === null;
  return reasons?.some((reason) => outcome.refused.includes(reason)) === true;
}

interface Findings {
  /** Probes that answer differently for what is another shop's and for what is nobody's. */
  readonly leaks: string[];
  /** Probes that are not answered, or not refused, as it is said of them. */
  readonly astray: string[];
}

/** @param refusals which probes are refused, and what their refusal says. */
async function judge(
  probes: Readonly<Record<string, Probe>>,
  refusals: Readonly<Record<string, string>> = REFUSALS,
): Promise<Findings> {
  const [leaks, astray]: [string[], string[]] = [[], []];
  for (const [name, probe] of Object.entries(probes)) {
    const nobody: Ids = {
      shopId: randomUUID(),
      domain: 'nobody.myshopify.com',
      cartId: randomUUID(),
      supportCode: '0000',
      delegateId: randomUUID(),
      personId: randomUUID(),
      requestId: randomUUID(),
      memberId: randomUUID(),
    };
    const [about, control] = [await outcomeOf(probe, theirs), await outcomeOf(probe, nobody)];
    try {
      expect(shown(about)).toEqual(shown(control));
    } catch {
      leaks.push(name);
    }
    const expected = refusals[name];
    const isRight =
      expected === undefined
        ? isAsSaid(about, null) && isAsSaid(control, null)
        : isAsSaid(about, [expected]) && isAsSaid(control, [expected, NO_KEYS]);
    if (!isRight) astray.push(`${name}: ${told(about)}; of nobody: ${told(control)}`);
  }
  return { leaks, astray };
}

describe('law 2: another shop’s ids give nothing, and no hint', () => {
  beforeAll(async () => {
    world = await openShopWorld();
    pipeline = await startPipeline(world);
    mine = await fill('mine.myshopify.com', '800000000');
    theirs = await fill('theirs.myshopify.com', '700000000');
    // From here on nothing changes but by a probe: the worker's own jobs go on with the other shop, and are tried again.
    await pipeline.close();
  });
  afterAll(() => world.close());

  it('the matrix has every data function there is', () => {
    expect(dataFunctions()).toEqual([...Object.keys(MATRIX), ...Object.keys(ELSEWHERE)].sort());
  });

  it('control: a function that is not in the matrix is noticed', () => {
    const source = parse('app/carts/x.ts', 'export function allCarts(tx: ShopTx, { shopId }: { shopId: string }) {}');
    expect(dataFunctions([source])).toEqual(['allCarts']);
  });

  it('control: the other shop has something to find', async () => {
    const own = await withShop(world.db, theirs.shopId, (tx) => listDelegates(tx, world.keyStore, theirs.shopId));
    expect(own).toHaveLength(1);
    expect(await readCart(gate(), theirs.shopId, { staffId: '1', requestId: 'r' }, theirs.cartId)).not.toBeNull();
    expect(await sessions().loadSession(offlineSessionId(theirs.domain))).toBeDefined();
  });

  it('from any of them, nor is anything of the other shop changed', async () => {
    const before = await everythingOf(theirs.shopId);
    expect(before.length).toBeGreaterThan(20);
    expect(await judge(MATRIX)).toEqual({ leaks: [], astray: [] });
    expect(await everythingOf(theirs.shopId)).toEqual(before);
  });

  it('a forgotten condition is caught by the database', async () => {
    const forgetful: Probe = (_, { cartId }) => inMine((tx) => tx.cart.findMany({ where: { id: cartId } }));
    const bare: Probe = (_, { cartId }) => world.db.prisma.cart.findMany({ where: { id: cartId } });
    expect(await judge({ forgetful, bare })).toEqual({ leaks: [], astray: [] });
  });

  it('refusals that are named are those of probes there are', () => {
    expect(Object.keys(REFUSALS).filter((name) => MATRIX[name] === undefined)).toEqual([]);
  });

  it('control: a probe that breaks off by itself, is refused for another reason, or is answered after all, is noticed', async () => {
    const broken: Probe = () => Promise.reject(new TypeError('a probe that is out of date'));
    const otherwise: Probe = (_, { shopId }) => inMine((tx) => tx.$queryRawUnsafe('SELECT 1/0 AS one', shopId));
    const answered: Probe = () => Promise.resolve([]);
    const { leaks, astray } = await judge(
      { broken, otherwise, answered },
      { otherwise: 'row-level security policy', answered: 'row-level security policy' },
    );
    expect(leaks).toEqual([]);
    expect([...new Set(astray.map((said) => said.split(':')[0]))]).toEqual(['broken', 'otherwise', 'answered']);
  });

  // Last: it takes the walls of this database down.
  it('control: without row-level security the matrix finds what leaks', async () => {
    for (const table of ['carts', 'agreement_delegates', 'privacy_requests', 'shop_activity', 'sessions', 'shops']) {
      await world.superuser(`ALTER TABLE app.${table} DISABLE ROW LEVEL SECURITY`);
    }
    const { listDelegates: delegates, listRequests: requests, getRevision: revision, applyShopUpdate: update } = MATRIX;
    if (!delegates || !requests || !revision || !update) throw new Error('The matrix has changed');
    const forgetful: Probe = (_, { cartId }) => inMine((tx) => tx.cart.findMany({ where: { id: cartId } }));
    const { leaks } = await judge({ delegates, requests, revision, update, forgetful });
    expect(leaks).toEqual(['delegates', 'requests', 'revision', 'update', 'forgetful']);
  });

  /** A shop with one of everything. */
  async function fill(domain: string, number: string): Promise<Ids> {
    const shopId = await onboardShop(world, domain, OWNER, 'privacy@clay.example');
    const named = await withShop(world.db, shopId, (tx) =>
      nameDelegate(tx, world.keyStore, shopId, { signer: OWNER, email: 'delegate@clay.example', at: NOW }),
    );
    if (!named.ok) throw new Error('The delegate was not named');
    const { Session } = await import('@shopify/shopify-api');
    const session = { id: offlineSessionId(domain), shop: domain, state: '', isOnline: false, accessToken: 'token' };
    await sessions().storeSession(new Session(session));
    for (const [topic, body] of story({ domain, mark: 'same', number })) await pipeline.send(domain, topic, body);
    await pipeline.settled();
    await world.superuser(
      `UPDATE app.catalogue_variants SET image_url = 'https://cdn.example/x.png' WHERE shop_id = $1`,
      [shopId],
    );
    const memberId = await joinStaff(world, shopId, '2', 'support');
    await showNames(world, shopId, memberId, NOW);
    const [row] = await world.superuser<{ cart: string; code: string; person: string; request: string }>(
      `SELECT c.id AS cart, p.support_code AS code, p.id AS person, r.id AS request FROM app.carts c
       JOIN app.people p ON p.shop_id = c.shop_id AND p.id = c.person_id
       JOIN app.privacy_requests r ON r.shop_id = c.shop_id WHERE c.shop_id = $1`,
      [shopId],
    );
    if (row === undefined) throw new Error('The story was not applied');
    return {
      shopId,
      domain,
      cartId: row.cart,
      supportCode: row.code,
      delegateId: named.id,
      personId: row.person,
      requestId: row.request,
      memberId,
    };
  }
});

async function keysOfTheirs() {
  return withShop(world.db, theirs.shopId, (tx) => world.keyStore.shopKeys(sqlTxOfPrisma(tx), theirs.shopId));
}

/** Every row of a shop in every table, as text. Access records are left out: reading one's own cart writes one. */
async function everythingOf(shopId: string): Promise<string[]> {
  const tables = await world.superuser<{ name: string; column: string }>(
    `SELECT DISTINCT c.table_schema || '.' || c.table_name AS name, c.column_name AS column
     FROM information_schema.columns c
     WHERE c.table_schema IN ('app', 'keys')
       AND (c.column_name = 'shop_id' OR (c.table_name = 'shops' AND c.column_name = 'id')) ORDER BY 1`,
  );
  const rows: string[] = [];
  for (const { name, column } of tables) {
    const found = await world.superuser<{ row: string }>(
      `SELECT '${name} ' || t::text AS row FROM ${name} t WHERE ${column} = $1 ORDER BY 1`,
      [shopId],
    );
    rows.push(...found.map(({ row }) => row));
  }
  return rows;
}
