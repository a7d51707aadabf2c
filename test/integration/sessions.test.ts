import { randomBytes } from 'node:crypto';

import { Session, type SessionParams } from '@shopify/shopify-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { KeyStore } from '#app/data/keys.ts';
import { SealedSessionStorage } from '#app/shopify/session-storage.ts';
import { parseKeyring } from '#app/vault/keyring.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const SHOP = 'first.myshopify.com';
const OTHER_SHOP = 'second.myshopify.com';
type StaffInfo = NonNullable<SessionParams['onlineAccessInfo']>;

const EXPIRES = new Date(Date.now() + 3_600_000);

let world: ShopWorld;
let storage: SealedSessionStorage;

beforeAll(async () => {
  world = await openShopWorld();
  storage = new SealedSessionStorage(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.superuser('DELETE FROM app.sessions');
});

const staff = (id: number, names: { first_name?: string | null; email?: string | null } = {}) => ({
  expires_in: 86_399,
  associated_user_scope: 'read_orders',
  associated_user: {
    id,
    first_name: names.first_name === undefined ? 'Marguerite' : names.first_name,
    last_name: 'Quillfeather',
    email: names.email === undefined ? 'marguerite@staff.example' : names.email,
    email_verified: true,
    account_owner: true,
    locale: 'fr',
    collaborator: false,
  },
});

const offline = (shop = SHOP, more: Partial<SessionParams> = {}) =>
  new Session({ id: `offline_${shop}`, shop, state: '', isOnline: false, ...more });

const online = (userId: number, shop = SHOP, more: Partial<SessionParams> = {}) =>
  new Session({
    id: `${shop}_${String(userId)}`,
    shop,
    state: '',
    isOnline: true,
    scope: 'read_orders',
    accessToken: `shpua_${String(userId)}`,
    expires: EXPIRES,
    onlineAccessInfo: staff(userId) as StaffInfo,
    ...more,
  });

describe("what Shopify's library expects of a session storage", () => {
  it.each([
    ['offline, without a token', offline()],
    ['offline, with a state', offline(SHOP, { state: 'nonce' })],
    ['offline, that never expires', offline(SHOP, { scope: 'read_orders', accessToken: 'shpat_1' })],
    [
      'offline, expiring',
      offline(SHOP, {
        scope: 'read_orders,read_products',
        accessToken: 'shpat_2',
        expires: EXPIRES,
        refreshToken: 'shprt_2',
        refreshTokenExpires: new Date(EXPIRES.getTime() + 1),
      }),
    ],
    ['online', online(1)],
    ['online, expired', online(2, SHOP, { expires: new Date(1_700_000_000_123) })],
    ['online, without a scope', online(3, SHOP, { scope: '' })],
  ])('stores and loads a session that is %s', async (_, session) => {
    expect(await storage.storeSession(session)).toBe(true);
    const loaded = await storage.loadSession(session.id);
    expect(loaded).toBeInstanceOf(Session);
    expect(loaded?.equals(session)).toBe(true);
    expect(loaded?.toPropertyArray(true)).toEqual(session.toPropertyArray(true));
  });

  it('gives undefined for what is not there', async () => {
    expect(await storage.loadSession(`offline_${SHOP}`)).toBeUndefined();
    expect(await storage.loadSession('offline_nobody.myshopify.com')).toBeUndefined();
    expect(await storage.loadSession('1f0c2b4e-not-of-an-embedded-app')).toBeUndefined();
  });

  it('replaces a session of the same id', async () => {
    await storage.storeSession(
      offline(SHOP, { accessToken: 'shpat_old', expires: EXPIRES, refreshToken: 'shprt_old' }),
    );
    await storage.storeSession(offline(SHOP, { accessToken: 'shpat_new', scope: 'read_orders' }));
    const loaded = await storage.loadSession(`offline_${SHOP}`);
    expect([loaded?.accessToken, loaded?.refreshToken, loaded?.expires]).toEqual(['shpat_new', undefined, undefined]);
  });

  it('keeps the session when the library takes its token out', async () => {
    const session = online(1);
    await storage.storeSession(session);
    delete session.accessToken;
    await storage.storeSession(session);
    const loaded = await storage.loadSession(session.id);
    expect(loaded?.accessToken).toBeUndefined();
    expect(loaded?.isActive(undefined)).toBe(false);
  });

  it('deletes one, many, and what is not there', async () => {
    const sessions = [offline(), online(1), online(2), offline(OTHER_SHOP), online(1, OTHER_SHOP)];
    for (const session of sessions) await storage.storeSession(session);

    expect(await storage.deleteSession(`${SHOP}_1`)).toBe(true);
    expect(await storage.deleteSession(`${SHOP}_1`)).toBe(true);
    expect(await storage.deleteSessions([`offline_${SHOP}`, `offline_${OTHER_SHOP}`, 'unknown'])).toBe(true);
    const left = await Promise.all(sessions.map((session) => storage.loadSession(session.id)));
    expect(left.map((session) => session?.id)).toEqual([
      undefined,
      undefined,
      `${SHOP}_2`,
      undefined,
      `${OTHER_SHOP}_1`,
    ]);
  });

  it('finds every session of a shop and of no other', async () => {
    const own = [offline(), ...Array.from({ length: 30 }, (_, index) => online(index + 1))];
    for (const session of [...own, online(1, OTHER_SHOP)]) await storage.storeSession(session);
    const found = await storage.findSessionsByShop(SHOP);
    expect(found.map((session) => session.id).sort()).toEqual(own.map((session) => session.id).sort());
    expect(found.find((session) => session.isOnline)?.onlineAccessInfo?.associated_user.last_name).toBe('Quillfeather');
    expect(await storage.findSessionsByShop('nobody.myshopify.com')).toEqual([]);
  });

  it('keeps a name or e-mail that is null as null', async () => {
    const session = online(1, SHOP, {
      onlineAccessInfo: staff(1, { first_name: null, email: null }) as StaffInfo,
    });
    await storage.storeSession(session);
    const user = (await storage.loadSession(session.id))?.onlineAccessInfo?.associated_user;
    expect([user?.first_name, user?.email, user?.last_name]).toEqual([null, null, 'Quillfeather']);
  });

  it('stores from many requests at once', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => storage.storeSession(online(index + 1, 'new.myshopify.com'))),
    );
    expect(await storage.findSessionsByShop('new.myshopify.com')).toHaveLength(8);
  });
});

describe('what is at rest', () => {
  it('holds neither tokens nor staff in clear', async () => {
    await storage.storeSession(
      offline(SHOP, {
        accessToken: 'shpat_canary',
        refreshToken: 'shprt_canary',
        scope: 'read_canary',
        state: 'nonce_canary',
      }),
    );
    await storage.storeSession(online(1));
    const rows = await world.superuser<{ bytes: Buffer }>(
      "SELECT convert_to(s::text, 'UTF8') || s.sealed AS bytes FROM app.sessions s",
    );
    expect(rows).toHaveLength(2);
    const bytes = Buffer.concat(rows.map((row) => row.bytes));
    // The scan can find something: the id stands in clear.
    expect(bytes.includes(`offline_${SHOP}`)).toBe(true);
    for (const secret of ['canary', 'shpua_1', 'Marguerite', 'Quillfeather', 'marguerite@staff.example', 'fr"']) {
      expect(bytes.includes(secret), secret).toBe(false);
    }
  });

  it('is no session when it does not open, and the log says so without the shop losing the others', async () => {
    await storage.storeSession(online(1));
    await storage.storeSession(online(2));
    // A row moved under another id: its place is part of what is sealed.
    await world.superuser(
      `UPDATE app.sessions SET sealed = (SELECT sealed FROM app.sessions WHERE id = '${SHOP}_2') WHERE id = '${SHOP}_1'`,
    );
    expect(await storage.loadSession(`${SHOP}_1`)).toBeUndefined();
    expect((await storage.findSessionsByShop(SHOP)).map((session) => session.id)).toEqual([`${SHOP}_2`]);
    expect(
      world.logLines.some((line) => line.includes('session.unopenable') && line.includes('vault.unopenable')),
    ).toBe(true);
  });

  it('is no session for a program that has the wrong key', async () => {
    await storage.storeSession(online(1));
    const keyStore = new KeyStore(parseKeyring(`test:${randomBytes(32).toString('base64')}`));
    const stranger = new SealedSessionStorage({ ...world, keyStore });
    expect(await stranger.loadSession(`${SHOP}_1`)).toBeUndefined();
  });
});
