import {
  type ViewContext,
  openForPeople,
  type GateServices,
  type OpenValues,
  type PersonView,
} from '#app/access/gate.ts';
import type { FieldReason } from '#app/access/reasons.ts';
import type { Standing } from '#app/access/standing.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { isUuid } from '#app/data/uuid.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { AppError } from '#app/errors.ts';
import { type PackageDocument, packageSchema } from '#app/privacy/package/document.ts';
import { packagePlace } from '#app/privacy/package/package-place.ts';
import { endPackages, type ReleaseReason } from '#app/privacy/package/store.ts';
import { readRequest } from '#app/privacy/requests/read.ts';

type View = Pick<PersonView, 'staffId' | 'requestId'>;

/** Everything a copy is made of. */
const FIELDS = Object.keys(packageSchema.shape);

/** Everything about somebody at once is an export, on a page as in a file: an act of its own, which reviews of the log ask about. */
const ACT = { act: 'export', purpose: 'privacy-requests', reason: 'request' satisfies FieldReason } as const;

/** There is nothing to open: nothing was done, and nothing is to be on record. */
class NoCopy extends Error {}

/** Whether somebody may take along a copy that was given out so: one that nobody has looked over is the owner's to take. */
export function mayFetch({ rights }: Pick<Standing, 'rights'>, reason: ReleaseReason | null): boolean {
  return rights.has(reason === 'day-25' ? 'export-unreviewed' : 'export');
}

/**
 * Opens a copy to look it over: one access record, in the name of everybody it is about.
 *
 * @returns null when there is none to look at.
 * @throws AppError `access.denied`
 */
export function previewPackage(
  services: GateServices,
  shopId: string,
  view: View,
  requestId: string,
): Promise<PackageDocument | null> {
  return orNull(() =>
    openForPeople(services, shopId, { ...view, ...ACT, page: 'request-copy' }, async (tx, open, context) => {
      const found = await livePackage(tx, shopId, requestId);
      if (found === null) throw new NoCopy();
      await tx.accessPackage.updateMany({
        where: { shopId, id: found.id, previewedAt: null },
        data: { previewedAt: services.clock() },
      });
      await noteWhom(context.note, found.subjectIds);
      return openDocument(shopId, found, open);
    }),
  );
}

/**
 * Fetches a copy that was given out, once: in the transaction that opens it, it and its key are destroyed. Two that ask
 * at the same moment get one copy between them.
 *
 * Should the answer be lost on its way, the copy is gone all the same; another one is made from what is held then.
 *
 * @returns null when there is none to fetch: not made, not given out, expired, or fetched already.
 * @throws AppError `access.denied`, also for a copy that nobody has looked over and that is not for them ({@link mayFetch}).
 */
export function fetchPackage(
  services: GateServices,
  shopId: string,
  view: View,
  requestId: string,
): Promise<PackageDocument | null> {
  return orNull(() =>
    openForPeople(services, shopId, { ...view, ...ACT, page: 'request-copy-download' }, async (tx, open, context) => {
      const found = await livePackage(tx, shopId, requestId, 'for update');
      const now = services.clock();
      const request = found === null ? null : await readRequest(sqlTxOfPrisma(tx), shopId, requestId);
      if (request?.state !== 'ready' || found?.releasedAt == null || found.expiresAt <= now) throw new NoCopy();
      if (!mayFetch(context.standing, found.releaseReason)) throw new AppError('access.denied');
      await noteWhom(context.note, found.subjectIds);
      const document = await openDocument(shopId, found, open);
      await endPackages(sqlTxOfPrisma(tx), shopId, { requestIds: [requestId] }, 'fetched', now);
      return document;
    }),
  );
}

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NoCopy) return null;
    throw error;
  }
}

/**
 * Puts the people a copy is about on the record: its own seal is that of the copy, under which nobody would find it. Of what
 * belongs to nobody who is known, it is the carts, checkouts and orders.
 */
export async function noteWhom(note: ViewContext['note'], subjectIds: readonly string[]): Promise<void> {
  const field = 'app.access_packages.sealed';
  if ((await note('person', subjectIds, field)) > 0) return;
  for (const scope of ['cart', 'checkout', 'order'] as const) await note(scope, subjectIds, field);
}

interface LivePackage {
  readonly id: string;
  readonly sealed: Uint8Array;
  readonly subjectIds: readonly string[];
  readonly releasedAt: Date | null;
  readonly releaseReason: ReleaseReason | null;
  readonly expiresAt: Date;
}

async function livePackage(
  tx: ShopTx,
  shopId: string,
  requestId: string,
  lock?: 'for update',
): Promise<LivePackage | null> {
  if (!isUuid(requestId)) return null;
  if (lock !== undefined) {
    await sqlTxOfPrisma(tx).query(
      'SELECT 1 FROM app.privacy_requests WHERE shop_id = $1::uuid AND id = $2::uuid FOR UPDATE',
      [shopId, requestId],
    );
  }
  const row = await tx.accessPackage.findFirst({
    where: { shopId, requestId, endedAt: null },
    select: { id: true, sealed: true, subjectIds: true, releasedAt: true, releaseReason: true, expiresAt: true },
  });
  const sealed = row?.sealed ?? null;
  return row === null || sealed === null
    ? null
    : { ...row, sealed, releaseReason: row.releaseReason as ReleaseReason | null };
}

/** Opens a copy through the gate; null for somebody who may not. */
export async function openDocument(
  shopId: string,
  { id, sealed }: Pick<LivePackage, 'id' | 'sealed'>,
  open: OpenValues,
): Promise<PackageDocument | null> {
  const [opened] = await open('request', [{ subjectId: id, sealed, place: packagePlace(shopId, id) }], FIELDS);
  // Nothing was opened for somebody who may not; for them there is no copy.
  return opened?.['sections'] === undefined ? null : packageSchema.parse(opened);
}
