import { notify, SHOPS_CHANNEL } from '#app/data/channels.ts';
import { destroyShopKeys } from '#app/data/destroy-keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { takeShopLock } from '#app/data/shop-lock.ts';
import { type Mover, startRequest, supersedeRequest } from '#app/privacy/requests/move.ts';
import { readRequest, type RequestSummary } from '#app/privacy/requests/read.ts';
import { TO_WORK_ON } from '#app/privacy/requests/states.ts';
import { recordUninstallation } from '#app/shopify/installation.ts';

/** Shopify sends `shop/redact` this long after the uninstallation (Shopify developer documentation, "Privacy law compliance"). */
const AFTER_UNINSTALL_MS = 48 * 3_600_000;
/** It may come later than that: an installation so young is the one with which the merchant came back. */
const NOT_PUNCTUAL_MS = 24 * 3_600_000;
/** What was on its way when the app went is delivered, and tried again, for a few hours. */
const LAST_DELIVERY_MS = 6 * 3_600_000;

/**
 * - `erasing`: the shop is marked as erased and its keys are destroyed; the rows follow.
 * - `superseded`: the shop is installed; the request is about an installation that was followed by another.
 * - `nothing`: no such request, or it is done.
 */
export type ShopErasureBegun = 'erasing' | 'superseded' | 'nothing';

/**
 * The point of no return, in one transaction: either the shop has come back, and nothing of it is touched, or every key of
 * it is destroyed and it is marked, so that nothing is written for it any more.
 *
 * @param tx bound to the shop.
 */
export async function beginShopErasure(
  tx: SqlTx,
  shopId: string,
  requestId: string,
  mover: Mover,
): Promise<ShopErasureBegun> {
  await takeShopLock(tx, shopId);
  const request = await readRequest(tx, shopId, requestId);
  if (request?.kind !== 'shop-erasure' || !TO_WORK_ON.includes(request.state)) return 'nothing';
  await closeLostInstallation(tx, shopId, request);

  const [shop] = await tx.query<{ domain: string; status: string }>(
    'SELECT domain, status FROM app.shops WHERE id = $1::uuid FOR UPDATE',
    [shopId],
  );
  if (shop === undefined) return 'nothing';
  if (shop.status === 'installed') {
    await supersedeRequest(tx, shopId, requestId, 'shop-came-back', mover);
    return 'superseded';
  }
  // The database takes the mark only from a request that is worked on, and only when no key is left.
  await startRequest(tx, shopId, requestId, mover);
  // The few keys everything else hangs on: nothing of the shop opens from here on. Those of its subjects go in batches.
  await destroyShopKeys(tx, shopId);
  await tx.query(
    `UPDATE app.shops SET status = 'redacted', onboarded_at = NULL, time_zone = NULL, currency = NULL, money_format = NULL,
       shopify_updated_at = NULL, granted_scopes = '{}' WHERE id = $1::uuid`,
    [shopId],
  );
  await notify(tx, SHOPS_CHANNEL, shop.domain);
  return 'erasing';
}

/**
 * An uninstallation we never heard of: Shopify would not ask for the erasure of a shop that has the app. Only where nothing
 * speaks for an earlier one: this installation was there by a margin, and since then Shopify has sent nothing for it.
 */
async function closeLostInstallation(
  tx: SqlTx,
  shopId: string,
  { id, receivedAt, source, epoch }: Pick<RequestSummary, 'id' | 'receivedAt' | 'source' | 'epoch'>,
): Promise<void> {
  if (source !== 'shopify') return;
  const [standing] = await tx.query<{ saidAt: Date; installedAt: Date | null; lastEventAt: Date | null }>(
    `SELECT coalesce(r.triggered_at, r.received_at) AS "saidAt", s.installed_at AS "installedAt", a.last_event_at AS "lastEventAt"
     FROM app.shops s JOIN app.privacy_requests r ON r.shop_id = s.id AND r.id = $2::uuid
     LEFT JOIN app.shop_activity a ON a.shop_id = s.id
     WHERE s.id = $1::uuid AND s.status = 'installed' AND s.epoch = $3::int`,
    [shopId, id, epoch],
  );
  if (standing === undefined) return;
  const { saidAt, installedAt, lastEventAt } = standing;
  const uninstalledAt = new Date(saidAt.getTime() - AFTER_UNINSTALL_MS);
  const isOfEarlier = installedAt !== null && installedAt.getTime() > uninstalledAt.getTime() - NOT_PUNCTUAL_MS;
  const isAlive = lastEventAt !== null && lastEventAt.getTime() > uninstalledAt.getTime() + LAST_DELIVERY_MS;
  if (!isOfEarlier && !isAlive) await recordUninstallation(tx, shopId, { triggeredAt: uninstalledAt, receivedAt });
}
