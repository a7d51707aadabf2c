import { getShopIdByDomain, withShop, type Database } from '#app/data/with-shop.ts';
import type { Signer } from '#app/privacy/agreements/signer.ts';
import type { Shopify } from '#app/shopify/app.ts';

/** Somebody of the shop's staff at the screen, as Shopify's session token and access token prove. */
export interface Staff extends Signer {
  readonly shopId: string;
  readonly shop: ShopDisplay;
  readonly isOnboarded: boolean;
  /** Sends the browser elsewhere in the app, keeping what an embedded page needs in its address. */
  redirectTo(path: string): Response;
}

/** How this shop wants times and money written, and its definition of an abandoned cart. */
export interface ShopDisplay {
  readonly timeZone: string | null;
  readonly currency: string | null;
  readonly moneyFormat: string | null;
  readonly idleAfterMinutes: number;
}

const SHOP_SELECT = {
  status: true,
  onboardedAt: true,
  timeZone: true,
  currency: true,
  moneyFormat: true,
  idleAfterMinutes: true,
} as const;

interface RequestServices {
  readonly shopify: Shopify;
  readonly db: Database;
}

/**
 * Who sends this request. The shop comes from the verified token only, never from the address or the body.
 *
 * @throws Response: what Shopify's library answers instead (bounce page, 401, redirect), or 403 when the shop is not
 *   installed with us.
 */
export async function requireStaff(request: Request, { shopify, db }: RequestServices): Promise<Staff> {
  const { session, sessionToken, redirect } = await authenticate(request, shopify);
  const shopId = await getShopIdByDomain(db, session.shop.toLowerCase());
  const shop =
    shopId === null
      ? null
      : await withShop(db, shopId, (tx) => tx.shop.findUnique({ where: { id: shopId }, select: SHOP_SELECT }));
  if (shopId === null || shop?.status !== 'installed') throw new Response(null, { status: 403 });
  const user = session.onlineAccessInfo?.associated_user;
  return {
    shopId,
    staffId: sessionToken.sub,
    name: [user?.first_name, user?.last_name].filter(Boolean).join(' ') || null,
    verifiedEmail: user?.email_verified === true ? user.email : null,
    isAccountOwner: user?.account_owner === true,
    shop: {
      timeZone: shop.timeZone,
      currency: shop.currency,
      moneyFormat: shop.moneyFormat,
      idleAfterMinutes: shop.idleAfterMinutes,
    },
    isOnboarded: shop.onboardedAt !== null,
    redirectTo: (path) => redirect(path),
  };
}

/**
 * The library answers 500 when Shopify will not exchange the session token, which is what happens once the app has been
 * uninstalled while a page was open. That is no failure of ours: whoever asks may not, or not now.
 */
async function authenticate(request: Request, shopify: Shopify) {
  try {
    return await shopify.authenticate.admin(request);
  } catch (error) {
    if (error instanceof Response && error.status === 500) throw new Response(null, { status: 403 });
    throw error;
  }
}

/**
 * {@link requireStaff} of a shop that has accepted the agreement; anybody else is sent to the onboarding page.
 *
 * @throws Response as {@link requireStaff}, or the redirect.
 */
export async function requireOnboardedStaff(request: Request, services: RequestServices): Promise<Staff> {
  const staff = await requireStaff(request, services);
  if (!staff.isOnboarded) throw staff.redirectTo('/app/onboarding');
  return staff;
}
