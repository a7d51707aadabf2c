import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';

import type { GateServices, Work } from '#app/access/gate.ts';
import { openForWork } from '#app/access/gate.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { takeShopLock } from '#app/data/shop-lock.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import { DAYS_KEPT, dayOf } from '#app/ingest/days.ts';
import type { InboxKeys } from '#app/ingest/inbox-place.ts';
import type { AppLog } from '#app/log.ts';
import { eraseSubject } from '#app/privacy/erasure/erase-subject.ts';
import { gather } from '#app/privacy/erasure/gather.ts';
import { isAbout, openRequests } from '#app/privacy/erasure/requests-about.ts';
import { waitsForCopy } from '#app/privacy/erasure/wait-for-copy.ts';
import { type ErasureRun, readRun, RUN_FIELDS, runPlace, takeFollowed } from '#app/privacy/erasure/run-record.ts';
import { blockedReturns } from '#app/privacy/forgotten/tombstones.ts';
import { issueReceipt } from '#app/privacy/receipts/issue.ts';
import { REGISTRY_VERSION } from '#app/privacy/receipts/registry-version.ts';
import { RECEIPT_FORMAT, type ReceiptStatement } from '#app/privacy/receipts/statement.ts';
import { finishRequest, isStillWorking, leaveResidue, type Mover, startRequest } from '#app/privacy/requests/move.ts';
import { readRequest, type RequestDetail } from '#app/privacy/requests/read.ts';
import { TO_WORK_ON } from '#app/privacy/requests/states.ts';
import { type ResidueScan, scanResidue } from '#app/privacy/residue/scan-residue.ts';
import type { Wanted } from '#app/privacy/residue/wanted.ts';
import type { Keyring } from '#app/vault/keyring.ts';

export interface ErasureDeps extends GateServices {
  /** Acts as `ci_app`. */
  readonly pool: Pool;
  readonly keyring: Keyring;
  readonly inboxKeys: InboxKeys;
  readonly log: AppLog;
  /** For how many days the operator keeps backups, as they state it; null where they state nothing. */
  readonly backupDays: number | null;
}

const ACTOR = 'system:privacy.erasure';
/** Batches that are applied between gathering and locking may add to a person; so often is started anew. */
const MAX_GATHERINGS = 10;

/**
 * Carries an erasure out: gathers, erases in one transaction under the shop's lock, looks for what is left, and issues the
 * receipt. Each part begins where the last one ended, so a run that was broken off anywhere is simply run again.
 *
 * @returns what became of it (`waits`: for a copy that the same person asked for), or null when there is nothing to do, or it was held on a legal ground meanwhile.
 */
export async function workErasure(
  deps: ErasureDeps,
  shopId: string,
  requestId: string,
): Promise<'done' | 'residue' | 'waits' | null> {
  const { pool, clock } = deps;
  const mover = (): Mover => ({ actor: ACTOR, at: clock() });
  const work: Work = { actor: ACTOR, purpose: 'privacy-requests', job: 'privacy.erasure', requestId: uuidv7() };

  if (await waitsForCopy(deps, shopId, requestId, work)) return 'waits';
  const begun = await withShopSql(pool, shopId, async (tx) => {
    const request = await readRequest(tx, shopId, requestId);
    if (request?.kind !== 'erasure' || !TO_WORK_ON.includes(request.state)) return null;
    await startRequest(tx, shopId, requestId, mover());
    return { isRepeated: request.state === 'residue', held: request.held && (await hasKeys(tx, shopId)) };
  });
  if (begun === null) return null;
  if (!begun.held) {
    await finish(deps, shopId, requestId, null, null, mover());
    return 'done';
  }

  const run = await eraseOnce(deps, shopId, requestId, work, begun.isRepeated);
  if (run === null) return null;
  const wanted = await wantedOf(deps, shopId, requestId, run, work);
  const scan = await scanResidue(deps, shopId, wanted, work, requestId);
  const places = [...scan.places.map(({ where }) => where), ...scan.notLookedInto.filter(isOurs)];
  if (places.length === 0) {
    await finish(deps, shopId, requestId, run, scan, mover());
    return 'done';
  }
  deps.log.error('erasure.residue', { shopId, count: scan.hits, paths: places });
  await withShopSql(pool, shopId, (tx) => leaveResidue(tx, shopId, requestId, places, mover()));
  return 'residue';
}

/** Erases, unless an earlier run has and nothing was found since. @returns null when the request is held by now. */
async function eraseOnce(
  deps: ErasureDeps,
  shopId: string,
  requestId: string,
  work: Work,
  isRepeated: boolean,
): Promise<ErasureRun | null> {
  const { pool, clock } = deps;
  const earlier = await withShopSql(pool, shopId, (tx) => readRun(tx, shopId, requestId));
  if (earlier !== null && !isRepeated) return earlier;
  for (let round = 0; round < MAX_GATHERINGS; round += 1) {
    const gathered = await gather(deps, shopId, requestId, work);
    const outcome = await withShopSql(pool, shopId, async (tx) => {
      await takeShopLock(tx, shopId);
      if (!(await isStillWorking(tx, shopId, requestId))) return null;
      // Asked again under the lock: another job of the same request may have been first, and its counts are the true ones.
      const known = await readRun(tx, shopId, requestId);
      if (known !== null && !isRepeated) return known;
      const erased = await eraseSubject(tx, shopId, deps, requestId, gathered, known, clock());
      return erased === 'changed' ? 'changed' : readRun(tx, shopId, requestId);
    });
    if (outcome !== 'changed') return outcome;
  }
  throw new Error('The person keeps changing');
}

/** What to look for, opened on record: the run keeps it sealed until the request is done. */
async function wantedOf(
  services: GateServices,
  shopId: string,
  requestId: string,
  run: ErasureRun,
  work: Work,
): Promise<Wanted> {
  const { sealed, erasedAt } = run;
  return openForWork(services, shopId, work, async (tx, open) => {
    const [fields] =
      sealed === null
        ? []
        : await open('request', [{ subjectId: requestId, sealed, place: runPlace(shopId, requestId) }], RUN_FIELDS);
    const texts = (field: (typeof RUN_FIELDS)[number]) => {
      const value = fields?.[field];
      return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
    };
    const identifiers = { customerIds: texts('customerIds'), emails: texts('emails'), orderIds: texts('orderIds') };
    const { customerIds, emails, orderIds } = identifiers;
    const ids = texts('ids');
    // Whom the others' requests are about is asked anew: one may have come in while this one was being carried out.
    const { subjects } = await openRequests(tx, shopId, open, requestId);
    const others = [...subjects].filter(([id, subject]) => id !== requestId && !isAbout(subject, identifiers, ids));
    return {
      values: [...customerIds, ...emails, ...orderIds],
      sharable: new Set(emails),
      ids,
      refs: texts('refs'),
      erasedAt,
      othersRequestIds: new Set(others.map(([id]) => id)),
    };
  });
}

/** Receipt, the end of the request and the end of its key: together, or not at all. */
async function finish(
  deps: ErasureDeps,
  shopId: string,
  requestId: string,
  run: ErasureRun | null,
  scan: ResidueScan | null,
  mover: Mover,
): Promise<void> {
  await withShopSql(deps.pool, shopId, async (tx) => {
    if ((await finishRequest(tx, shopId, requestId, mover)) !== 'moved') return;
    const request = await readRequest(tx, shopId, requestId);
    if (request === null) throw new Error('The request is gone');
    const erased = run === null ? null : await takeFollowed(tx, shopId, requestId);
    const { blocked } = await blockedReturns(tx, shopId, requestId);
    const statement = statementOf(deps, await domainOf(tx, shopId), request, erased, scan, blocked, mover.at);
    await issueReceipt(tx, deps.keyring, shopId, statement);
    await tx.query('UPDATE app.erasure_runs SET sealed = NULL WHERE shop_id = $1::uuid AND request_id = $2::uuid', [
      shopId,
      requestId,
    ]);
  });
}

function statementOf(
  { backupDays }: ErasureDeps,
  shop: string,
  request: RequestDetail,
  run: ErasureRun | null,
  scan: ResidueScan | null,
  blocked: number,
  issuedAt: Date,
): ReceiptStatement {
  const { id, source, topic, receivedAt, dueAt } = request;
  const daysAfter = (days: number) =>
    run === null ? null : dayOf(new Date(run.erasedAt.getTime() + days * 86_400_000));
  const { places: _found, ...seen } = scan ?? { places: [] };
  return {
    format: RECEIPT_FORMAT,
    kind: 'erasure',
    shop,
    request: { id, source, topic, receivedAt: receivedAt.toISOString(), dueAt: dueAt.toISOString() },
    held: run !== null,
    erasedAt: run?.erasedAt.toISOString() ?? null,
    issuedAt: issuedAt.toISOString(),
    registry: REGISTRY_VERSION,
    tables: run?.counts.tables ?? [],
    keysDestroyed: run?.counts.keysDestroyed ?? 0,
    tombstones: run?.counts.tombstones ?? 0,
    inbox: { dropped: run?.counts.inboxDropped ?? 0, unopened: run?.counts.inboxUnopened ?? 0 },
    scan: scan === null ? null : (seen as Omit<ResidueScan, 'places'>),
    blockedReturns: blocked,
    copies: {
      lastInboxKeyGone: daysAfter(DAYS_KEPT),
      lastBackupGone: backupDays === null ? null : daysAfter(backupDays),
    },
  };
}

/** A shop without keys holds nothing sealed, and none must be made for it. */
async function hasKeys(tx: SqlTx, shopId: string): Promise<boolean> {
  const [shop] = await tx.query<{ status: string }>('SELECT status FROM app.shops WHERE id = $1::uuid', [shopId]);
  return shop?.status === 'installed' || shop?.status === 'uninstalled';
}

async function domainOf(tx: SqlTx, shopId: string): Promise<string> {
  const [shop] = await tx.query<{ domain: string }>('SELECT domain FROM app.shops WHERE id = $1::uuid', [shopId]);
  return shop?.domain ?? '';
}

/** The database's own bookkeeping is another role's; what is ours has to be looked into. */
function isOurs(where: string): boolean {
  return !/^(keys|pgboss|public)\./.test(where);
}
