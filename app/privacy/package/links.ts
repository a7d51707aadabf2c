import { v7 as uuidv7 } from 'uuid';

import { type GateServices, openForWork } from '#app/access/gate.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type ShopTx, withShop } from '#app/data/with-shop.ts';
import { COPY_KINDS } from '#app/privacy/package/copy-kinds.ts';
import type { PackageDocument } from '#app/privacy/package/document.ts';
import { noteWhom, openDocument } from '#app/privacy/package/fetch.ts';
import { newLinkToken, parseLinkToken } from '#app/privacy/package/link-token.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { endPackages } from '#app/privacy/package/store.ts';
import { finishRequest, type Mover, resumeRequest } from '#app/privacy/requests/move.ts';
import { readRequest } from '#app/privacy/requests/read.ts';

/** How long a link works at most. */
export const LINK_HOURS = 72;
const HOUR_MS = 3_600_000;
/** As the access log calls a fetch by a link. */
const PAGE = 'package-link';

/** A link that was issued. The token is in nobody's hands but the caller's. */
export interface IssuedLink {
  readonly linkId: string;
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * - `shop-not-gone`: the app is installed, so the shop answers itself; or the shop is erased, so nothing is held.
 * - `no-such-request`, `no-copy-asked`: there is nothing to make a copy for.
 * - `not-now`: the request is closed, or held on another ground than who asks.
 */
export type LinkRefusal = 'shop-not-gone' | 'no-such-request' | 'no-copy-asked' | 'not-now';

/**
 * Issues the link by which a person fetches their copy where there is no shop left to hand it over. The caller has made
 * sure who they are, so a request that was held for that goes on.
 *
 * The copy is made anew each time: it is as of now, and a link that was issued before ends with the copy it was for. Dying
 * half way leaves a copy that nobody has a link to, and the next call replaces it.
 */
export async function issueLink(
  services: GateServices,
  shopId: string,
  requestId: string,
  operator: `operator:${string}`,
): Promise<IssuedLink | LinkRefusal> {
  const { db, clock } = services;
  const mover = { actor: operator, at: clock() };
  const refusal = await withShop(db, shopId, (tx) => makeReady(tx, shopId, requestId, mover));
  if (refusal !== null) return refusal;
  if ((await makePackage(services, shopId, requestId, { again: true, release: 'link' })) !== 'made') return 'not-now';
  return withShop(db, shopId, async (tx) => {
    await lockRequest(sqlTxOfPrisma(tx), shopId, requestId);
    const issuedAt = clock();
    const copy = await tx.accessPackage.findFirst({
      where: { shopId, requestId, endedAt: null, releaseReason: 'link' },
      select: { id: true, expiresAt: true },
    });
    if (copy === null) return 'not-now';
    const { token, digest } = newLinkToken(shopId);
    const linkId = uuidv7();
    // Never longer than the copy lies ready, which the shop may have set.
    const expiresAt = new Date(Math.min(issuedAt.getTime() + LINK_HOURS * HOUR_MS, copy.expiresAt.getTime()));
    await tx.accessPackageLink.create({
      data: {
        ...{ shopId, id: linkId, packageId: copy.id, issuedAt, issuedBy: operator, expiresAt },
        tokenDigest: Uint8Array.from(digest),
      },
      select: { id: true },
    });
    return { linkId, token, expiresAt };
  });
}

async function makeReady(tx: ShopTx, shopId: string, requestId: string, mover: Mover): Promise<LinkRefusal | null> {
  const sql = sqlTxOfPrisma(tx);
  const request = await readRequest(sql, shopId, requestId);
  if (request === null) return 'no-such-request';
  if (!(await isGone(tx, shopId))) return 'shop-not-gone';
  if (!COPY_KINDS.includes(request.kind) || !request.held) return 'no-copy-asked';
  if (request.state !== 'paused') return null;
  if (request.pauseGround !== 'identity') return 'not-now';
  await resumeRequest(sql, shopId, requestId, mover);
  return null;
}

/**
 * Fetches a copy by its link, once: the link is used up, the copy and its key are destroyed and the request is done in
 * the transaction that opens it, which also writes the access record. Of two who come at the same moment one gets it.
 *
 * @returns null for every link that gives nothing, whatever the reason.
 */
export async function fetchByLink(
  services: GateServices,
  token: string,
  requestId: string,
): Promise<PackageDocument | null> {
  const parsed = parseLinkToken(token);
  if (parsed === null) return null;
  const { shopId, digest } = parsed;
  const found = await withShop(services.db, shopId, (tx) =>
    tx.accessPackageLink.findFirst({
      where: { shopId, tokenDigest: Uint8Array.from(digest) },
      select: { id: true, packageId: true, package: { select: { requestId: true } } },
    }),
  );
  if (found === null) return null;
  const actor = `link:${found.id}` as const;
  const work = { actor, purpose: 'privacy-requests', job: PAGE, requestId } as const;
  return openForWork(services, shopId, work, async (tx, open, note) => {
    const sql = sqlTxOfPrisma(tx);
    const asked = found.package.requestId;
    await lockRequest(sql, shopId, asked);
    const at = services.clock();
    const request = await readRequest(sql, shopId, asked);
    const copy = await tx.accessPackage.findFirst({
      where: { shopId, id: found.packageId, endedAt: null, expiresAt: { gt: at } },
      select: { id: true, sealed: true, subjectIds: true },
    });
    const sealed = copy?.sealed ?? null;
    if (copy === null || sealed === null || request?.state !== 'ready' || !(await isGone(tx, shopId))) return null;
    const { count } = await tx.accessPackageLink.updateMany({
      where: { shopId, id: found.id, usedAt: null, expiresAt: { gt: at } },
      data: { usedAt: at },
    });
    if (count === 0) return null;
    await noteWhom(note, copy.subjectIds);
    const document = await openDocument(shopId, { id: copy.id, sealed }, open);
    await endPackages(sql, shopId, { requestIds: [asked] }, 'fetched', at);
    await finishRequest(sql, shopId, asked, { actor, at });
    return document;
  });
}

/** Only a shop that has gone and is not yet erased: one that has the app answers itself. */
async function isGone(tx: ShopTx, shopId: string): Promise<boolean> {
  const shop = await tx.shop.findUnique({ where: { id: shopId }, select: { status: true } });
  return shop?.status === 'uninstalled';
}

async function lockRequest(sql: SqlTx, shopId: string, requestId: string): Promise<void> {
  await sql.query('SELECT 1 FROM app.privacy_requests WHERE shop_id = $1::uuid AND id = $2::uuid FOR UPDATE', [
    shopId,
    requestId,
  ]);
}
