import { Session } from '@shopify/shopify-api';
import { z } from 'zod';

import { type Database, type ShopTx, withShop } from '#app/data/with-shop.ts';
import { AppError } from '#app/errors.ts';
import type { AppLog } from '#app/log.ts';
import { offlineSessionId, type SealedSessionStorage } from '#app/shopify/session-storage.ts';

/** A token with less life than this is renewed first, so that it does not run out under a job. */
const FRESH_FOR_MS = 5 * 60_000;
const TIMEOUT_MS = 8_000;

export interface OfflineTokenDeps {
  readonly db: Database;
  readonly sessionStorage: SealedSessionStorage;
  readonly credentials: { readonly apiKey: string; readonly apiSecret: string };
  readonly log: AppLog;
  readonly now?: () => Date;
  readonly fetch?: typeof fetch;
}

const refusalAnswer = z.object({ error: z.string() });

/** Access to the Admin API for jobs, when no staff member is at the screen. */
export interface ShopAccess {
  readonly domain: string;
  readonly accessToken: string;
}

/** What Shopify answers to a refresh; expiring offline tokens always bring all of it. */
const refreshAnswer = z.object({
  access_token: z.string().min(1),
  scope: z.string(),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1),
  refresh_token_expires_in: z.number().positive(),
});

/**
 * Offline tokens for jobs. They live for an hour; a refresh token renews one and is dead as soon as its successor is used,
 * so a shop's token must never be renewed twice at once: callers in this program share one refresh, and between programs
 * the session's row is locked while Shopify is asked. An uninstall, which deletes the row, waits for that and then wins.
 * An answer that was lost costs nothing: the pair that is stored is tried again, which Shopify allows for thirty days.
 */
export class OfflineTokens {
  readonly #deps: OfflineTokenDeps;
  readonly #underWay = new Map<string, Promise<ShopAccess | null>>();

  constructor(deps: OfflineTokenDeps) {
    this.#deps = deps;
  }

  /**
   * A token that is good for at least five minutes, or null when the shop has none: uninstalled, never installed, or
   * Shopify refused the refresh. In that case the next visit of a staff member brings a new one.
   *
   * @throws AppError `shopify.unreachable` when Shopify cannot be asked now.
   */
  get(shopId: string): Promise<ShopAccess | null> {
    const running = this.#underWay.get(shopId);
    if (running !== undefined) return running;
    const getting = this.#get(shopId).finally(() => this.#underWay.delete(shopId));
    this.#underWay.set(shopId, getting);
    return getting;
  }

  async #get(shopId: string): Promise<ShopAccess | null> {
    const { db, sessionStorage } = this.#deps;
    return withShop(db, shopId, async (tx) => {
      const domain = await getInstalledDomain(tx, shopId);
      if (domain === null) return null;
      const id = offlineSessionId(domain);
      const stored = await sessionStorage.readSession(tx, shopId, id);
      if (stored === undefined || this.#isFresh(stored)) return accessOf(stored);

      await tx.$queryRaw`SELECT FROM app.sessions WHERE shop_id = ${shopId}::uuid AND id = ${id} FOR UPDATE`;
      const session = await sessionStorage.readSession(tx, shopId, id);
      if (session === undefined || this.#isFresh(session)) return accessOf(session);

      const renewed = await this.#refresh(session);
      if (renewed === null) {
        this.#deps.log.warn('session.refresh-refused', { shopId });
        await tx.session.deleteMany({ where: { shopId, id } });
        return null;
      }
      await sessionStorage.writeSession(tx, shopId, renewed);
      return accessOf(renewed);
    });
  }

  #isFresh(session: Session): boolean {
    if (session.accessToken === undefined) return false;
    // A token that comes with a refresh token runs out, whether Shopify has said when or not.
    if (session.expires === undefined) return session.refreshToken === undefined;
    return session.expires.getTime() - this.#now() > FRESH_FOR_MS;
  }

  /** @returns null when Shopify will not renew this token any more. */
  async #refresh(session: Session): Promise<Session | null> {
    const { refreshToken, refreshTokenExpires, shop, state } = session;
    if (refreshToken === undefined || (refreshTokenExpires?.getTime() ?? Infinity) <= this.#now()) return null;

    const askedAt = this.#now();
    const response = await this.#ask(shop, refreshToken);
    if (await isRefusal(response)) return null;
    if (!response.ok) throw new AppError('shopify.unreachable');
    const answer = refreshAnswer.safeParse(await response.json().catch(() => null));
    if (!answer.success) throw new AppError('shopify.answer');
    return new Session({
      id: session.id,
      shop,
      state,
      isOnline: false,
      scope: answer.data.scope,
      accessToken: answer.data.access_token,
      expires: new Date(askedAt + answer.data.expires_in * 1000),
      refreshToken: answer.data.refresh_token,
      refreshTokenExpires: new Date(askedAt + answer.data.refresh_token_expires_in * 1000),
    });
  }

  async #ask(domain: string, refreshToken: string): Promise<Response> {
    const { credentials, fetch: send = fetch } = this.#deps;
    try {
      return await send(`https://${domain}/admin/oauth/access_token`, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({
          client_id: credentials.apiKey,
          client_secret: credentials.apiSecret,
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
        }),
      });
    } catch {
      // The reason may quote the address or the body.
      throw new AppError('shopify.unreachable');
    }
  }

  #now(): number {
    return (this.#deps.now?.() ?? new Date()).getTime();
  }
}

async function getInstalledDomain(tx: ShopTx, shopId: string): Promise<string | null> {
  const shop = await tx.shop.findFirst({ where: { id: shopId, status: 'installed' }, select: { domain: true } });
  return shop?.domain ?? null;
}

function accessOf(session: Session | undefined): ShopAccess | null {
  return session?.accessToken === undefined ? null : { domain: session.shop, accessToken: session.accessToken };
}

/**
 * Whether Shopify says that this refresh token is worth nothing any more (RFC 6749, 5.2). Any other no (a wrong secret
 * while it is being changed, somebody in between) is about something else, and the token is kept.
 */
async function isRefusal(response: Response): Promise<boolean> {
  if (response.status !== 400 && response.status !== 401) return false;
  const answer = refusalAnswer.safeParse(
    await response
      .clone()
      .json()
      .catch(() => null),
  );
  return answer.success && ['invalid_grant', 'invalid_request'].includes(answer.data.error);
}
