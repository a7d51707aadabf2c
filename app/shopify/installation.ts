import { KEYS_CHANNEL, notify, SHOPS_CHANNEL } from '#app/data/channels.ts';
import { AppError } from '#app/errors.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';

export interface Installation {
  readonly epoch: number;
  /** True when this call began the installation; false when it was under way already. */
  readonly isNew: boolean;
}

/**
 * Records that the app is installed, which a token issued a moment ago proves. Shopify issues one to every member of staff
 * about once a day, so nearly every call finds the installation under way and changes nothing but the scopes.
 *
 * A new installation has a new number (`epoch`) and is not onboarded: an agreement that was accepted for an earlier one
 * ended with it. What is stored of the shop stays.
 *
 * @param tx bound to the shop.
 * @throws AppError `shop.being-erased` while the erasure of an earlier installation is under way.
 */
export async function recordInstallation(
  tx: SqlTx,
  shopId: string,
  { grantedScopes, at }: { readonly grantedScopes: readonly string[]; readonly at: Date },
): Promise<Installation> {
  const [begun] = await tx.query<{ domain: string; epoch: number }>(
    `UPDATE app.shops
     SET status = 'installed', epoch = epoch + 1, installed_at = $2::timestamptz, uninstalled_at = NULL,
       onboarded_at = NULL, granted_scopes = $3::text[]
     WHERE id = $1::uuid AND status <> 'installed' AND NOT (status = 'redacted' AND ${HAS_ERASURE_UNDER_WAY})
     RETURNING domain, epoch`,
    [shopId, at, grantedScopes],
  );
  if (begun !== undefined) {
    await notify(tx, SHOPS_CHANNEL, begun.domain);
    return { epoch: begun.epoch, isNew: true };
  }
  await tx.query(
    `UPDATE app.shops SET granted_scopes = $2::text[] WHERE id = $1::uuid AND granted_scopes IS DISTINCT FROM $2::text[]`,
    [shopId, grantedScopes],
  );
  const [current] = await tx.query<{ epoch: number; status: string }>(
    'SELECT epoch, status FROM app.shops WHERE id = $1::uuid',
    [shopId],
  );
  if (current === undefined) throw new Error('The transaction is not bound to the shop');
  if (current.status !== 'installed') throw new AppError('shop.being-erased');
  return { epoch: current.epoch, isNew: false };
}

/** Its rows are still going: what is installed now would be taken for them. */
const HAS_ERASURE_UNDER_WAY = `EXISTS (
  SELECT FROM app.privacy_requests r WHERE r.shop_id = shops.id AND r.kind = 'shop-erasure' AND r.state = 'working')`;

/** When an uninstall happened, as far as a webhook says. */
export interface UninstallTimes {
  /** `X-Shopify-Triggered-At`. */
  readonly triggeredAt: Date | null;
  readonly receivedAt: Date;
}

/**
 * - `uninstalled`: processing has stopped, sessions are destroyed, the agreement has ended.
 * - `superseded`: the message is about an earlier installation; only tokens of that time were destroyed.
 * - `not-installed`: there was nothing to stop.
 */
export type UninstallOutcome = 'uninstalled' | 'superseded' | 'not-installed';

/**
 * Records that the app was uninstalled, which Shopify tells by `app/uninstalled`: at times late, twice, or only after
 * the merchant has installed again. An uninstall that is older than the installation, or older than a token that
 * Shopify issued since, belongs to an earlier installation and must not harm this one.
 *
 * The body's `updated_at` is the shop's own, which may be older than the installation: it says nothing about when the
 * app went, so without the header the time of receipt stands.
 *
 * @param tx bound to the shop; the caller holds the shop's lock.
 */
export async function recordUninstallation(
  tx: SqlTx,
  shopId: string,
  { triggeredAt, receivedAt }: UninstallTimes,
): Promise<UninstallOutcome> {
  const uninstalledAt = triggeredAt ?? receivedAt;
  const [shop] = await tx.query<{ domain: string; status: string; earlier: boolean; back_at: Date | null }>(
    `SELECT domain, status, installed_at > $2::timestamptz AS earlier, (
       SELECT min(s.updated_at) FROM app.sessions s
       WHERE s.shop_id = $1::uuid AND NOT s.is_online AND s.updated_at > $2::timestamptz
         AND (s.expires_at IS NULL OR s.expires_at > s.updated_at)) AS back_at
     FROM app.shops WHERE id = $1::uuid FOR UPDATE`,
    [shopId, uninstalledAt],
  );
  if (shop === undefined) throw new Error('The transaction is not bound to the shop');

  if (shop.status === 'installed' && !shop.earlier && shop.back_at !== null) {
    // We hear of the uninstall only now that the merchant is back: what was agreed before has ended all the same.
    await endAgreement(tx, shopId, uninstalledAt);
    await tx.query(
      `UPDATE app.shops SET epoch = epoch + 1, installed_at = $2::timestamptz, onboarded_at = NULL WHERE id = $1::uuid`,
      [shopId, shop.back_at],
    );
    await notify(tx, SHOPS_CHANNEL, shop.domain);
  }
  if (shop.status === 'installed' && (shop.earlier || shop.back_at !== null)) {
    await tx.query('DELETE FROM app.sessions WHERE shop_id = $1::uuid AND updated_at <= $2::timestamptz', [
      shopId,
      uninstalledAt,
    ]);
    return 'superseded';
  }
  await tx.query('DELETE FROM app.sessions WHERE shop_id = $1::uuid', [shopId]);
  // Their names and roles go with the tokens; whoever comes back begins as somebody seen for the first time.
  await tx.query('DELETE FROM app.staff_members WHERE shop_id = $1::uuid', [shopId]);
  if (shop.status !== 'installed') return 'not-installed';

  await tx.query(`UPDATE app.shops SET status = 'uninstalled', uninstalled_at = $2::timestamptz WHERE id = $1::uuid`, [
    shopId,
    uninstalledAt,
  ]);
  await endAgreement(tx, shopId, uninstalledAt);
  await notify(tx, SHOPS_CHANNEL, shop.domain);
  await notify(tx, KEYS_CHANNEL, shopId);
  return 'uninstalled';
}

/** What the agreement was the ground for ends with it: named colleagues, profiles that wait for a cart of their person. */
async function endAgreement(tx: SqlTx, shopId: string, at: Date): Promise<void> {
  await tx.query(
    'UPDATE app.agreement_acceptances SET ended_at = $2::timestamptz WHERE shop_id = $1::uuid AND ended_at IS NULL',
    [shopId, at],
  );
  await tx.query('DELETE FROM app.agreement_delegates WHERE shop_id = $1::uuid', [shopId]);
  await tx.query(
    `UPDATE inbox.events SET sealed = NULL, parked_ref = NULL WHERE shop_id = $1::uuid AND parked_ref IS NOT NULL`,
    [shopId],
  );
}

/** What we keep of `shop/update` and of the shop query. Undefined leaves what is stored; so does a null, since a shop always has these. */
export interface ShopDetails {
  /** IANA name. */
  readonly timeZone?: string | null | undefined;
  /** ISO 4217 code. */
  readonly currency?: string | null | undefined;
  /** Shopify's template, such as `${{amount}}`. */
  readonly moneyFormat?: string | null | undefined;
  /** When the shop looked like this. */
  readonly updatedAt: Date;
}

/** Stores the shop's details unless newer ones are stored; says whether it did. */
export async function applyShopUpdate(tx: SqlTx, shopId: string, details: ShopDetails): Promise<boolean> {
  const updated = await tx.query(
    `UPDATE app.shops SET time_zone = coalesce($2::text, time_zone), currency = coalesce($3::text, currency),
       money_format = coalesce($4::text, money_format), shopify_updated_at = $5::timestamptz
     WHERE id = $1::uuid AND (shopify_updated_at IS NULL OR shopify_updated_at <= $5::timestamptz) RETURNING id`,
    [shopId, details.timeZone ?? null, details.currency ?? null, details.moneyFormat ?? null, details.updatedAt],
  );
  return updated.length > 0;
}

/**
 * Stores the scopes the merchant has granted, unless what says so is older than the installation. Two messages of one
 * installation may come in the wrong order, so whoever hears `app/scopes_update` has Shopify asked as well.
 */
export async function applyGrantedScopes(
  tx: SqlTx,
  shopId: string,
  { grantedScopes, saidAt }: { readonly grantedScopes: readonly string[]; readonly saidAt: Date },
): Promise<void> {
  await tx.query(
    `UPDATE app.shops SET granted_scopes = $2::text[]
     WHERE id = $1::uuid AND status = 'installed' AND installed_at <= $3::timestamptz
       AND granted_scopes IS DISTINCT FROM $2::text[]`,
    [shopId, grantedScopes, saidAt],
  );
}
