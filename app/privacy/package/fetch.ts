import { openForPeople, type GateServices, type OpenValues, type PersonView } from '#app/access/gate.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { type PackageDocument, packageSchema } from '#app/privacy/package/document.ts';
import { packagePlace } from '#app/privacy/package/package-place.ts';
import { endPackages } from '#app/privacy/package/store.ts';
import { readRequest } from '#app/privacy/requests/read.ts';

type View = Pick<PersonView, 'staffId' | 'requestId'>;

/** Everything a copy is made of. */
const FIELDS = Object.keys(packageSchema.shape);

/**
 * Opens a copy to look it over: one access record. @returns null when there is none to look at.
 */
export function previewPackage(
  services: GateServices,
  shopId: string,
  view: View,
  requestId: string,
): Promise<PackageDocument | null> {
  return openForPeople(
    services,
    shopId,
    { ...view, purpose: 'privacy-requests', page: 'request-copy' },
    async (tx, open) => {
      const found = await livePackage(tx, shopId, requestId);
      if (found === null) return null;
      await tx.accessPackage.updateMany({
        where: { shopId, id: found.id, previewedAt: null },
        data: { previewedAt: services.clock() },
      });
      return openDocument(shopId, found, open);
    },
  );
}

/**
 * Fetches a copy that was given out, once: in the transaction that opens it, it and its key are destroyed. Two that ask
 * at the same moment get one copy between them.
 *
 * Should the answer be lost on its way, the copy is gone all the same; another one is made from what is held then.
 *
 * @returns null when there is none to fetch: not made, not given out, expired, or fetched already.
 */
export function fetchPackage(
  services: GateServices,
  shopId: string,
  view: View,
  requestId: string,
): Promise<PackageDocument | null> {
  return openForPeople(
    services,
    shopId,
    // Taking everything about somebody away is an act of its own, which the access log's reviews ask about.
    { ...view, purpose: 'privacy-requests', act: 'export', page: 'request-copy-download' },
    async (tx, open) => {
      const sql = sqlTxOfPrisma(tx);
      await sql.query('SELECT 1 FROM app.privacy_requests WHERE shop_id = $1::uuid AND id = $2::uuid FOR UPDATE', [
        shopId,
        requestId,
      ]);
      const now = services.clock();
      const request = await readRequest(sql, shopId, requestId);
      const found = await livePackage(tx, shopId, requestId);
      if (request?.state !== 'ready' || found?.releasedAt == null || found.expiresAt <= now) return null;
      const document = await openDocument(shopId, found, open);
      await endPackages(sql, shopId, { requestIds: [requestId] }, 'fetched', now);
      return document;
    },
  );
}

interface LivePackage {
  readonly id: string;
  readonly sealed: Uint8Array;
  readonly releasedAt: Date | null;
  readonly expiresAt: Date;
}

async function livePackage(tx: ShopTx, shopId: string, requestId: string): Promise<LivePackage | null> {
  if (!/^[0-9a-f-]{36}$/i.test(requestId)) return null;
  const row = await tx.accessPackage.findFirst({
    where: { shopId, requestId, endedAt: null },
    select: { id: true, sealed: true, releasedAt: true, expiresAt: true },
  });
  const sealed = row?.sealed ?? null;
  return row === null || sealed === null ? null : { ...row, sealed };
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
