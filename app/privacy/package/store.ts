import { v7 as uuidv7 } from 'uuid';

import type { KeyStore } from '#app/data/keys.ts';
import { destroyKeysOf } from '#app/data/destroy-keys.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { countsOf, type PackageCounts, type PackageDocument } from '#app/privacy/package/document.ts';
import { packagePlace } from '#app/privacy/package/package-place.ts';
import { RETENTION_RULES } from '#app/privacy/retention.ts';
import { listSettings, termsInForce } from '#app/privacy/retention/settings.ts';
import { endOfTerm } from '#app/privacy/retention/terms.ts';
import { sealJson } from '#app/vault/sealed-json.ts';

/** Why a copy is no more. */
export type PackageEnd = 'fetched' | 'expired' | 'replaced' | 'closed' | 'erased';
/** How a copy came to be given out: somebody looked it over, nobody did until the 25th day, or by a link as the shop has gone. */
export type ReleaseReason = 'reviewed' | 'day-25' | 'link';

/** A copy as the request's page shows it: how much of what, and how far it is. Nothing in it says whom it is about. */
export interface PackageSummary {
  readonly id: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly counts: PackageCounts;
  readonly namesStaff: boolean;
  readonly previewedAt: Date | null;
  readonly releasedAt: Date | null;
  readonly releaseReason: ReleaseReason | null;
  readonly endedAt: Date | null;
  readonly endReason: PackageEnd | null;
}

const SUMMARY = {
  id: true,
  madeAt: true,
  expiresAt: true,
  counts: true,
  namesStaff: true,
  previewedAt: true,
  releasedAt: true,
  releaseReason: true,
  endedAt: true,
  endReason: true,
} as const;

export interface NewPackage {
  readonly requestId: string;
  readonly document: PackageDocument;
  /** Our ids of everything whose contents are in it: erasing one of them destroys the copy. */
  readonly subjectIds: readonly string[];
  readonly namesStaff: boolean;
  readonly at: Date;
}

/**
 * Stores a copy, sealed under a key of its own. One that the request had before is destroyed: there is never more than
 * one, which a unique index holds as well.
 *
 * @returns its id.
 */
export async function storePackage(
  tx: ShopTx,
  keyStore: KeyStore,
  shopId: string,
  { requestId, document, subjectIds, namesStaff, at }: NewPackage,
): Promise<string> {
  const sql = sqlTxOfPrisma(tx);
  await endPackages(sql, shopId, { requestIds: [requestId] }, 'replaced', at);
  const { packages } = termsInForce(await listSettings(sql, shopId), at);
  const id = uuidv7();
  const key = (await keyStore.createSubjectKeys(sql, shopId, 'request', [id])).get(id);
  if (key === undefined) throw new Error('The key store made no key');
  await tx.accessPackage.create({
    data: {
      shopId,
      id,
      requestId,
      madeAt: at,
      expiresAt: endOfTerm(at, packages, RETENTION_RULES.packages.unit),
      counts: countsOf(document),
      namesStaff,
      subjectIds: [...subjectIds],
      sealed: Uint8Array.from(sealJson(key.key, document, packagePlace(shopId, id))),
    },
    select: { id: true },
  });
  return id;
}

/** The request's newest copy, there or gone; null when none was made. */
export async function getPackage(tx: ShopTx, shopId: string, requestId: string): Promise<PackageSummary | null> {
  const row = await tx.accessPackage.findFirst({
    where: { shopId, requestId },
    select: SUMMARY,
    orderBy: { id: 'desc' },
  });
  if (row === null) return null;
  return {
    ...row,
    counts: countsIn(row.counts),
    releaseReason: row.releaseReason as ReleaseReason | null,
    endReason: row.endReason as PackageEnd | null,
  };
}

/** Marks the request's copy as given out. @returns whether there was one to give out. */
export async function releasePackage(
  tx: ShopTx,
  shopId: string,
  requestId: string,
  { reason, at }: { readonly reason: ReleaseReason; readonly at: Date },
): Promise<boolean> {
  const { count } = await tx.accessPackage.updateMany({
    where: { shopId, requestId, endedAt: null, releasedAt: null, expiresAt: { gt: at } },
    data: { releasedAt: at, releaseReason: reason },
  });
  return count > 0;
}

/** Which copies: those of these requests, or with anything of these subjects in them, or those whose time is up. */
export interface PackageChoice {
  readonly requestIds?: readonly string[];
  readonly subjectIds?: readonly string[];
  readonly expiredAt?: Date;
}

/**
 * Ends copies: the sealed document and its key go in the same transaction, so that no copy of the disk or of a backup
 * opens it any more. What remains says that there was one.
 *
 * @returns how many there were.
 */
export async function endPackages(
  tx: SqlTx,
  shopId: string,
  { requestIds = [], subjectIds = [], expiredAt }: PackageChoice,
  reason: PackageEnd,
  at: Date,
): Promise<number> {
  const ended = await tx.query<{ id: string }>(
    `UPDATE app.access_packages SET ended_at = $5::timestamptz, end_reason = $6, sealed = NULL, subject_ids = '{}'
     WHERE shop_id = $1::uuid AND ended_at IS NULL
       AND (request_id = ANY ($2::uuid[]) OR subject_ids && $3::uuid[] OR expires_at <= $4::timestamptz)
     RETURNING id`,
    [shopId, requestIds, subjectIds, expiredAt ?? null, at, reason],
  );
  await destroyKeysOf(tx, shopId, [{ scope: 'request', ids: ended.map(({ id }) => id) }]);
  return ended.length;
}

/** Counts as they were stored; what is no number is not shown. */
function countsIn(value: unknown): PackageCounts {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
