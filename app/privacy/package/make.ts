import { openForWork, type GateServices, type OpenValues } from '#app/access/gate.ts';
import { listMembers } from '#app/access/members.ts';
import type { KeyStore } from '#app/data/keys.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import { takeShopLock } from '#app/data/shop-lock.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import type { InboxKeys } from '#app/ingest/inbox-place.ts';
import { buildPackage } from '#app/privacy/package/build.ts';
import { COPY_KINDS } from '#app/privacy/package/copy-kinds.ts';
import { type FoundIds, readRows } from '#app/privacy/package/read-rows.ts';
import { releasePackage, type ReleaseReason, storePackage } from '#app/privacy/package/store.ts';
import { readWaitingProfiles, waitingDigests } from '#app/privacy/package/waiting-profiles.ts';
import { type StaffLookup, whoLooked } from '#app/privacy/package/who-looked.ts';
import type { RequestScope } from '#app/privacy/requests/kinds.ts';
import { finishRequest, offerRequest, startRequest } from '#app/privacy/requests/move.ts';
import { readRequest, type RequestDetail } from '#app/privacy/requests/read.ts';
import { TO_WORK_ON } from '#app/privacy/requests/states.ts';
import { NOBODY, parseSubject, requestPlace } from '#app/privacy/requests/subject.ts';
import { findSubject } from '#app/privacy/subject/find-subject.ts';

const COPY_JOB = 'privacy.copy';
const ACTOR = `system:${COPY_JOB}`;

/** Twelve months back from the request, in UTC: what California's rule covers at least. */
const LOOK_BACK_MONTHS = 12;

/** `none`: there is no such request, it is no request for a copy, or nothing is to be done for it. */
export type MakeOutcome = 'made' | 'none';

/** So often a copy is begun anew because something that it holds was erased meanwhile. */
const MAX_ROUNDS = 10;

export interface CopyServices extends GateServices {
  /** Opens what waits on the inbox's shelf. Absent where the shelf was emptied: with the uninstallation of the app. */
  readonly inboxKeys?: InboxKeys;
}

export interface MakeOptions {
  /** Makes a new one in the place of one that is there or was fetched; without it a request that has its copy is left alone. */
  readonly again?: boolean;
  /** Names of staff in "who looked", where the merchant chose so. */
  readonly namesStaff?: boolean;
  /** Given out at once, because nobody has looked it over in time. */
  readonly release?: ReleaseReason;
}

/**
 * Makes the copy that a request asks for.
 *
 * One transaction: the request is locked, the person found, everything about them read and opened on record, the copy
 * sealed, and the request offered for review. It ends whole or not at all, so that after a crash it is simply run again;
 * a second run at the same time waits for the lock and finds the copy made.
 *
 * Reading holds nobody up; the copy is stored under the shop's lock, and only if everything that is in it is still there.
 * What was erased meanwhile is in no copy, and what is erased later takes its copies along.
 */
export async function makePackage(
  services: CopyServices,
  shopId: string,
  requestId: string,
  options: MakeOptions = {},
): Promise<MakeOutcome> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    try {
      return await makeOnce(services, shopId, requestId, options);
    } catch (error) {
      if (!(error instanceof ErasedMeanwhile)) throw error;
    }
  }
  throw new Error('What the copy is of keeps being erased');
}

/** Rolls back a copy with something in it that is no more. */
class ErasedMeanwhile extends Error {}

function makeOnce(
  services: CopyServices,
  shopId: string,
  requestId: string,
  { again = false, namesStaff = false, release }: MakeOptions,
): Promise<MakeOutcome> {
  const at = services.clock();
  const mover = { actor: ACTOR, at };
  const work = { actor: ACTOR, purpose: 'privacy-requests', job: COPY_JOB, requestId } as const;
  return openForWork(services, shopId, work, async (tx, open) => {
    const sql = sqlTxOfPrisma(tx);
    await sql.query('SELECT 1 FROM app.privacy_requests WHERE shop_id = $1::uuid AND id = $2::uuid FOR UPDATE', [
      shopId,
      requestId,
    ]);
    const request = await readRequest(sql, shopId, requestId);
    if (request === null || !COPY_KINDS.includes(request.kind)) return 'none';
    if (!again && release === undefined && !TO_WORK_ON.includes(request.state)) return 'none';
    if ((await startRequest(sql, shopId, requestId, mover)) !== 'moved') return 'none';
    if (!request.held) {
      // The shop had no keys at the time: there is nothing, and nobody, to look for.
      await finishRequest(sql, shopId, requestId, mover);
      return 'none';
    }
    const { held, subjectIds, ...read } = await readCopy(services, tx, shopId, request, open, at, namesStaff);
    await takeShopLock(sql, shopId);
    if (!(await isStillHeld(services, tx, shopId, held))) throw new ErasedMeanwhile();
    // Opened under the lock, since its record holds the log's chain, for which others wait who have the lock.
    const opening = { actor: ACTOR, at, job: COPY_JOB, requestId } as const;
    const { inboxKeys } = services;
    const waiting = inboxKeys === undefined ? [] : await readWaitingProfiles(tx, shopId, inboxKeys, held.refs, opening);
    const copy = { document: buildPackage({ ...read, waiting }), subjectIds };
    await storePackage(tx, services.keyStore, shopId, { ...copy, requestId, namesStaff, at });
    if (release !== undefined) await releasePackage(tx, shopId, requestId, { reason: release, at });
    await offerRequest(sql, shopId, requestId, release === undefined ? 'review' : 'ready', mover);
    return 'made';
  });
}

async function readCopy(
  { keyStore }: CopyServices,
  tx: ShopTx,
  shopId: string,
  request: RequestDetail,
  open: OpenValues,
  at: Date,
  namesStaff: boolean,
) {
  const sql = sqlTxOfPrisma(tx);
  const [asked] =
    request.sealed === null
      ? []
      : await open(
          'request',
          [{ subjectId: request.id, sealed: request.sealed, place: requestPlace(shopId, request.id) }],
          Object.keys(NOBODY),
        );
  const subject = parseSubject(asked);
  const found = await findSubject(sql, keyStore, shopId, subject);
  const ids: FoundIds = {
    person: found.personIds,
    cart: found.cartIds,
    checkout: found.checkoutIds,
    order: found.orderIds,
    request: [request.id],
  };
  const held: Held = {
    ids,
    keys: await keysOf(sql, keyStore, shopId, ids),
    refs: found.customerRefs,
    waiting: await waitingDigests(tx, shopId, found.customerRefs),
  };
  const kind = request.scope ?? 'everything';
  const since = sinceOf(kind, request.receivedAt);
  const shop = await tx.shop.findUniqueOrThrow({ where: { id: shopId }, select: { domain: true } });
  const read = {
    shop: shop.domain,
    madeAt: at,
    scope: { kind, since },
    personIds: ids.person,
    rows: await readRows(sql, shopId, open, ids, since),
    looks: await whoLooked(sql, keyStore, shopId, ids, since, await staffOf(tx, keyStore, shopId, namesStaff)),
    recipients: [],
    askedEmails: subject.emails,
  };
  const subjectIds = [...ids.person, ...ids.cart, ...ids.checkout, ...ids.order];
  return { ...read, subjectIds, held };
}

/** What there was when a copy was begun. */
interface Held {
  readonly ids: FoundIds;
  readonly keys: number;
  readonly refs: readonly Buffer[];
  readonly waiting: ReadonlySet<string>;
}

/** @param tx holds the shop's lock: nothing is erased meanwhile. */
async function isStillHeld({ keyStore }: GateServices, tx: ShopTx, shopId: string, held: Held): Promise<boolean> {
  if ((await keysOf(sqlTxOfPrisma(tx), keyStore, shopId, held.ids)) < held.keys) return false;
  const waiting = await waitingDigests(tx, shopId, held.refs);
  return [...held.waiting].every((digest) => waiting.has(digest));
}

/** How many of the subjects of a copy have a key. None ever gets one back. */
async function keysOf(tx: SqlTx, keyStore: KeyStore, shopId: string, ids: FoundIds): Promise<number> {
  let count = 0;
  for (const scope of ['person', 'cart', 'checkout', 'order'] satisfies SubjectScope[]) {
    count += (await keyStore.subjectKeys(tx, shopId, scope, ids[scope])).size;
  }
  return count;
}

/** The role somebody of the staff has now, and their name where the merchant chose to give it. */
async function staffOf(tx: ShopTx, keyStore: KeyStore, shopId: string, namesStaff: boolean): Promise<StaffLookup> {
  const members = await listMembers(tx, keyStore, shopId);
  const byActor = new Map(members.map((member) => [member.actor, member]));
  return (actor) => {
    const member = byActor.get(actor);
    return { role: member?.role ?? null, name: namesStaff ? (member?.identity.name ?? null) : null };
  };
}

function sinceOf(scope: RequestScope, receivedAt: Date): Date | null {
  if (scope === 'everything') return null;
  const since = new Date(receivedAt);
  since.setUTCMonth(since.getUTCMonth() - LOOK_BACK_MONTHS);
  return since;
}
