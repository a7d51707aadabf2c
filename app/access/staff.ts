import { accessDenied } from '#app/access/denied.ts';
import { meetStaff, ownerNames } from '#app/access/members.ts';
import type { RateLimits } from '#app/access/rate-limits.ts';
import type { Right } from '#app/access/roles.ts';
import { readStanding, type Standing } from '#app/access/standing.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { getShopIdByDomain, withShop, type Database } from '#app/data/with-shop.ts';
import { AppError } from '#app/errors.ts';
import type { Signer } from '#app/privacy/agreements/signer.ts';
import type { Shopify } from '#app/shopify/app.ts';

/** Somebody of the shop's staff at the screen, as Shopify's session token and access token prove. */
export interface Staff extends Signer {
  readonly shopId: string;
  readonly shop: ShopDisplay;
  readonly isOnboarded: boolean;
  /** Role, rights, and whether names are shown, as the database had it when the request came. */
  readonly standing: Standing;
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
  readonly keyStore: KeyStore;
  readonly clock: () => Date;
  readonly limits: RateLimits;
}

/**
 * Who sends this request. The shop comes from the verified token only, never from the address or the body.
 *
 * @throws Response: what Shopify's library answers instead (bounce page, 401, redirect), or 403 when the shop is not
 *   installed with us or the owner has ended this staff member's access; 429 when they ask too much. AppError
 *   `shopify.unreachable` when Shopify will not say who they are just now.
 */
export async function requireStaff(request: Request, services: RequestServices): Promise<Staff> {
  const { db, keyStore, clock } = services;
  const { session, sessionToken, redirect } = await authenticate(request, services);
  await services.limits.staff(session.shop, sessionToken.sub);
  const user = session.onlineAccessInfo?.associated_user;
  const visitor = {
    staffId: sessionToken.sub,
    name: [user?.first_name, user?.last_name].filter(Boolean).join(' ') || null,
    verifiedEmail: user?.email_verified === true ? user.email : null,
    isAccountOwner: user?.account_owner === true,
  };
  const shopId = await getShopIdByDomain(db, session.shop.toLowerCase());
  if (shopId === null) throw new Response(null, { status: 403 });
  const { shop, standing } = await withShop(db, shopId, async (tx) => {
    const shop = await tx.shop.findUnique({ where: { id: shopId }, select: SHOP_SELECT });
    if (shop?.status !== 'installed') throw new Response(null, { status: 403 });
    const at = clock();
    const actor = await meetStaff(tx, keyStore, shopId, visitor, at);
    return { shop, standing: await readStanding(tx, shopId, actor, at.getTime()) };
  });
  const staff: Staff = {
    shopId,
    ...visitor,
    standing,
    shop: {
      timeZone: shop.timeZone,
      currency: shop.currency,
      moneyFormat: shop.moneyFormat,
      idleAfterMinutes: shop.idleAfterMinutes,
    },
    isOnboarded: shop.onboardedAt !== null,
    redirectTo: (path) => redirect(path),
  };
  if (standing.role === null) throw await denialFor(staff, services, null);
  return staff;
}

/**
 * {@link requireOnboardedStaff} whose role has this right. Whoever has not is told which role they have, what it does not
 * include, and whom to ask.
 *
 * @throws Response as {@link requireOnboardedStaff}, or 403.
 */
export async function requireRight(request: Request, services: RequestServices, right: Right): Promise<Staff> {
  const staff = await requireOnboardedStaff(request, services);
  if (!staff.standing.rights.has(right)) throw await denialFor(staff, services, right);
  return staff;
}

async function denialFor({ shopId, standing }: Staff, { db, keyStore }: RequestServices, right: Right | null) {
  const ask = await withShop(db, shopId, (tx) => ownerNames(tx, keyStore, shopId));
  return accessDenied({ role: standing.role, right, ask });
}

async function authenticate(request: Request, { shopify, db }: RequestServices) {
  try {
    return await shopify.authenticate.admin(request);
  } catch (error) {
    if (!(error instanceof Response)) throw error;
    if (error.status === 500) return notExchanged(request, db);
    if (error.headers.get('location') === LOGIN) throw toLogin(request);
    throw error;
  }
}

/** Where the library sends a request that does not say for which shop it is. */
const LOGIN = '/auth/login';

/** The login page knows the way back for a page that was loaded anew inside the frame. */
function toLogin(request: Request): Response {
  const { pathname, search } = new URL(request.url);
  const location = `${LOGIN}?${new URLSearchParams({ to: pathname + search }).toString()}`;
  return new Response(null, { status: 302, headers: { location } });
}

/**
 * The library answers 500 when Shopify did not exchange the session token, whatever the reason. After an uninstall, with a
 * page still open, that is so for good; otherwise Shopify was away, and trying again helps.
 */
async function notExchanged(request: Request, db: Database): Promise<never> {
  const domain = shopOfToken(request);
  const shopId = domain === null ? null : await getShopIdByDomain(db, domain);
  const shop =
    shopId === null
      ? null
      : await withShop(db, shopId, (tx) => tx.shop.findUnique({ where: { id: shopId }, select: { status: true } }));
  if (shop === null || shop.status === 'installed') throw new AppError('shopify.unreachable');
  throw new Response(null, { status: 403 });
}

/** The shop that a session token names. The library has checked the token before it asked Shopify to exchange it. */
function shopOfToken(request: Request): string | null {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  const token = bearer ?? new URL(request.url).searchParams.get('id_token') ?? '';
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { dest: string };
    return new URL(claims.dest).hostname;
  } catch {
    return null;
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
