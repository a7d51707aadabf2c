import { Session } from '@shopify/shopify-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { ensureShop, openDatabase, withShop } from '#app/data/with-shop.ts';
import { recordInstallation, recordUninstallation } from '#app/shopify/installation.ts';
import { OfflineTokens } from '#app/shopify/offline-token.ts';
import { SealedSessionStorage } from '#app/shopify/session-storage.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const DOMAIN = 'refreshed.myshopify.com';
const MINUTE_MS = 60_000;

let world: ShopWorld;
let storage: SealedSessionStorage;
let shopId: string;

beforeAll(async () => {
  world = await openShopWorld();
  storage = new SealedSessionStorage(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.superuser('TRUNCATE app.shops, app.sessions, keys.shop_keys');
  world.keyStore.forgetAll();
  shopId = await ensureShop(world.db, DOMAIN);
  await withShop(world.db, shopId, (tx) =>
    recordInstallation(sqlTxOfPrisma(tx), shopId, { grantedScopes: [], at: new Date() }),
  );
});

const storeOffline = (expiresInMs: number, more = {}) =>
  storage.storeSession(
    new Session({
      id: `offline_${DOMAIN}`,
      shop: DOMAIN,
      state: '',
      isOnline: false,
      scope: 'read_orders',
      accessToken: 'shpat_0',
      expires: new Date(Date.now() + expiresInMs),
      refreshToken: 'shprt_0',
      refreshTokenExpires: new Date(Date.now() + 90 * 24 * 60 * MINUTE_MS),
      ...more,
    }),
  );

/** Shopify's token endpoint: a refresh token works once. */
function tokenEndpoint() {
  const bodies: Record<string, unknown>[] = [];
  let valid = 'shprt_0';
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    expect(request.url).toBe(`https://${DOMAIN}/admin/oauth/access_token`);
    const body = (await request.json()) as Record<string, unknown>;
    bodies.push(body);
    if (body.refresh_token !== valid) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    valid = `shprt_${String(bodies.length)}`;
    return Response.json({
      access_token: `shpat_${String(bodies.length)}`,
      scope: 'read_orders,read_products',
      expires_in: 3600,
      refresh_token: valid,
      refresh_token_expires_in: 7_776_000,
    });
  };
  return { bodies, send };
}

const tokensWith = (send: typeof fetch, more: Partial<ConstructorParameters<typeof OfflineTokens>[0]> = {}) =>
  new OfflineTokens({
    ...world,
    sessionStorage: storage,
    credentials: { apiKey: 'key', apiSecret: 'secret' },
    fetch: send,
    ...more,
  });

describe("a job's token", () => {
  it('is the stored one while it is fresh', async () => {
    await storeOffline(10 * MINUTE_MS);
    const { bodies, send } = tokenEndpoint();
    expect(await tokensWith(send).get(shopId)).toEqual({ domain: DOMAIN, accessToken: 'shpat_0' });
    expect(bodies).toEqual([]);
  });

  it('is renewed when it is about to run out, and the new pair is kept', async () => {
    await storeOffline(4 * MINUTE_MS);
    const { bodies, send } = tokenEndpoint();
    expect(await tokensWith(send).get(shopId)).toEqual({ domain: DOMAIN, accessToken: 'shpat_1' });
    expect(bodies).toEqual([
      { client_id: 'key', client_secret: 'secret', grant_type: 'refresh_token', refresh_token: 'shprt_0' },
    ]);
    const session = await storage.loadSession(`offline_${DOMAIN}`);
    expect(session).toMatchObject({
      accessToken: 'shpat_1',
      refreshToken: 'shprt_1',
      scope: 'read_orders,read_products',
    });
    expect(session?.isActive(undefined, 5 * MINUTE_MS)).toBe(true);
  });

  it('is renewed when nobody knows until when it is good', async () => {
    await storeOffline(0, { expires: undefined });
    const { bodies, send } = tokenEndpoint();
    expect((await tokensWith(send).get(shopId))?.accessToken).toBe('shpat_1');
    expect(bodies).toHaveLength(1);
    expect((await storage.loadSession(`offline_${DOMAIN}`))?.expires).toBeInstanceOf(Date);
  });

  it('is renewed exactly once for ten callers in two programs', async () => {
    await storeOffline(-MINUTE_MS);
    const { bodies, send } = tokenEndpoint();
    const otherDb = openDatabase({ url: world.database.url, applicationName: 'other program' });
    try {
      const programs = [
        tokensWith(send),
        tokensWith(send, { db: otherDb, sessionStorage: new SealedSessionStorage({ ...world, db: otherDb }) }),
      ];
      const got = await Promise.all(programs.flatMap((tokens) => Array.from({ length: 5 }, () => tokens.get(shopId))));
      expect(got.map((access) => access?.accessToken)).toEqual(Array.from({ length: 10 }, () => 'shpat_1'));
      expect(bodies).toHaveLength(1);
    } finally {
      await otherDb.close();
    }
  });

  it('is gone when Shopify refuses: the session is removed, the log says so, and nobody asks again', async () => {
    await storeOffline(-MINUTE_MS, { refreshToken: 'shprt_used' });
    const { bodies, send } = tokenEndpoint();
    const tokens = tokensWith(send);
    expect(await tokens.get(shopId)).toBeNull();
    expect(await tokens.get(shopId)).toBeNull();
    expect(bodies).toHaveLength(1);
    expect(world.logLines.filter((line) => line.includes('session.refresh-refused'))).toHaveLength(1);
    expect(world.logLines.join('')).not.toMatch(/shprt_|shpat_/);
    expect(await world.superuser('SELECT status FROM app.shops')).toEqual([{ status: 'installed' }]);
  });

  it.each([
    ['500', async () => new Response('', { status: 500 })],
    ['429', async () => new Response('', { status: 429 })],
    ['a lost connection', () => Promise.reject(new TypeError('fetch failed'))],
  ])('stays as it is after %s, to be tried again', async (_, send) => {
    await storeOffline(-MINUTE_MS);
    await expect(tokensWith(send).get(shopId)).rejects.toMatchObject({ code: 'shopify.unreachable' });
    expect((await storage.loadSession(`offline_${DOMAIN}`))?.refreshToken).toBe('shprt_0');
    expect((await tokensWith(tokenEndpoint().send).get(shopId))?.accessToken).toBe('shpat_1');
  });

  it('does not exist for a shop without a session or an installation', async () => {
    const { bodies, send } = tokenEndpoint();
    expect(await tokensWith(send).get(shopId)).toBeNull();
    await storeOffline(10 * MINUTE_MS);
    await world.superuser("UPDATE app.shops SET status = 'uninstalled'");
    expect(await tokensWith(send).get(shopId)).toBeNull();
    expect(bodies).toEqual([]);
  });

  it('does not come back when the app is uninstalled while Shopify is asked', async () => {
    await storeOffline(-MINUTE_MS);
    const { send } = tokenEndpoint();
    let uninstalled: Promise<unknown> | undefined;
    await tokensWith(async (input, init) => {
      uninstalled = withShop(world.db, shopId, (tx) =>
        recordUninstallation(sqlTxOfPrisma(tx), shopId, {
          triggeredAt: new Date(Date.now() + MINUTE_MS),
          receivedAt: new Date(),
        }),
      );
      return send(input, init);
    }).get(shopId);
    expect(await uninstalled).toBe('uninstalled');
    expect(await storage.loadSession(`offline_${DOMAIN}`)).toBeUndefined();
  });
});
