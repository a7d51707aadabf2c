import { Session } from '@shopify/shopify-api';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { sqlTxOfPrisma, type SqlTx } from '#app/data/sql-tx.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import {
  applyGrantedScopes,
  applyShopUpdate,
  recordInstallation,
  recordUninstallation,
} from '#app/shopify/installation.ts';
import { SealedSessionStorage } from '#app/shopify/session-storage.ts';
import { forceShopStatus } from '#test/support/shop-status.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const DOMAIN = 'installed.myshopify.com';
const at = (time: string) => new Date(`2026-11-20T${time}:00.000Z`);
const uninstall = (triggeredAt: Date | null, receivedAt = at('23:00')) => ({ triggeredAt, receivedAt });

let world: ShopWorld;
let shopId: string;

beforeAll(async () => {
  world = await openShopWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.superuser('TRUNCATE app.shops, app.sessions, app.agreement_acceptances, keys.shop_keys');
  world.keyStore.forgetAll();
  shopId = await ensureShop(world.db, DOMAIN);
});

const inShop = <T>(work: (tx: SqlTx) => Promise<T>) => withShop(world.db, shopId, (tx) => work(sqlTxOfPrisma(tx)));
const install = (time: string, grantedScopes = ['read_orders']) =>
  inShop((tx) => recordInstallation(tx, shopId, { grantedScopes, at: at(time) }));
const onboard = async (time: string, epoch: number) => {
  await world.superuser('UPDATE app.shops SET onboarded_at = $1', [at(time)]);
  await world.superuser(
    `INSERT INTO app.agreement_acceptances (shop_id, id, epoch, version, sha256, accepted_at, signer_role, sealed)
     VALUES ($1, gen_random_uuid(), $2, '1', '\\x00', $3, 'owner', '\\x00')`,
    [shopId, epoch, at(time)],
  );
};
const getShop = async () => {
  const [shop] = await world.superuser<Record<string, unknown>>('SELECT * FROM app.shops');
  return shop;
};
const countSessions = async () =>
  (await world.superuser<{ id: string }>('SELECT id FROM app.sessions ORDER BY id')).map((row) => row.id);
/** A session whose token was issued at this time. */
const storeSession = (issued: string, isOnline = false) =>
  new SealedSessionStorage({ ...world, now: () => at(issued) }).storeSession(
    new Session({
      id: isOnline ? `${DOMAIN}_1` : `offline_${DOMAIN}`,
      shop: DOMAIN,
      state: '',
      isOnline,
      accessToken: 'token',
      expires: new Date(at(issued).getTime() + 3_600_000),
    }),
  );

describe('an installation', () => {
  it('begins with the first token and goes on with the next ones', async () => {
    expect(await install('08:00')).toEqual({ epoch: 1, isNew: true });
    await onboard('08:30', 1);
    expect(await install('09:00', ['read_orders', 'read_products'])).toEqual({ epoch: 1, isNew: false });
    expect(await getShop()).toMatchObject({
      status: 'installed',
      epoch: 1,
      installed_at: at('08:00'),
      onboarded_at: at('08:30'),
      granted_scopes: ['read_orders', 'read_products'],
    });
  });

  it('begins once, however many requests come with the first page', async () => {
    const begun = await Promise.all(Array.from({ length: 6 }, () => install('08:00')));
    expect(begun.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await getShop()).toMatchObject({ epoch: 1 });
  });

  it.each(['uninstalled', 'redacted'])(
    'begins anew after the shop was %s, and has to be accepted again',
    async (status) => {
      await install('08:00');
      await onboard('08:30', 1);
      await inShop((tx) => applyShopUpdate(tx, shopId, { currency: 'CAD', updatedAt: at('08:40') }));
      await inShop((tx) => recordUninstallation(tx, shopId, uninstall(at('10:00'))));
      await forceShopStatus(world, shopId, status);
      expect(await install('11:00')).toEqual({ epoch: 2, isNew: true });
      expect(await getShop()).toMatchObject({
        status: 'installed',
        installed_at: at('11:00'),
        uninstalled_at: null,
        onboarded_at: null,
        currency: 'CAD',
      });
    },
  );

  it('commits with the token that proves it, or not at all', async () => {
    const storage = new SealedSessionStorage({
      ...world,
      onTokenIssued: async (tx, id, issued) => {
        await recordInstallation(tx, id, issued);
        throw new Error('the program ends here');
      },
    });
    const session = new Session({
      id: `offline_${DOMAIN}`,
      shop: DOMAIN,
      state: '',
      isOnline: false,
      accessToken: 't',
    });
    await expect(storage.storeSession(session)).rejects.toThrow();
    expect(await getShop()).toMatchObject({ status: 'known', epoch: 0 });
    expect(await countSessions()).toEqual([]);
  });

  it('is proven by an offline token alone: neither by a staff token nor by a session without token', async () => {
    const proven: string[] = [];
    const storage = new SealedSessionStorage({
      ...world,
      onTokenIssued: async (_, __, { grantedScopes }) => {
        proven.push(grantedScopes.join());
      },
    });
    const common = { shop: DOMAIN, state: '' };
    await storage.storeSession(new Session({ ...common, id: `${DOMAIN}_1`, isOnline: true, accessToken: 'a' }));
    await storage.storeSession(new Session({ ...common, id: `offline_${DOMAIN}`, isOnline: false }));
    expect(proven).toEqual([]);
    await storage.storeSession(
      new Session({ ...common, id: `offline_${DOMAIN}`, isOnline: false, accessToken: 'a', scope: 'read_a,read_b' }),
    );
    expect(proven).toEqual(['read_a,read_b']);
  });

  it('tells the other programs when it begins, and not again', async () => {
    const heard = await listen(async () => {
      await install('08:00');
      await install('09:00');
    });
    expect(heard).toEqual([`ci_shops ${DOMAIN}`]);
  });
});

describe('an uninstall', () => {
  it('stops processing, destroys the sessions, ends the agreement and tells the other programs', async () => {
    await install('08:00');
    await onboard('08:30', 1);
    await storeSession('08:00');
    await storeSession('08:00', true);
    const heard = await listen(async () => {
      expect(await inShop((tx) => recordUninstallation(tx, shopId, uninstall(at('10:00'))))).toBe('uninstalled');
    });
    expect(await getShop()).toMatchObject({ status: 'uninstalled', uninstalled_at: at('10:00'), epoch: 1 });
    expect(await countSessions()).toEqual([]);
    expect(await world.superuser('SELECT ended_at FROM app.agreement_acceptances')).toEqual([
      { ended_at: at('10:00') },
    ]);
    expect(heard).toEqual([`ci_shops ${DOMAIN}`, `ci_keys ${shopId}`]);
  });

  it('that comes twice, or for a shop that never had the app, changes nothing', async () => {
    expect(await inShop((tx) => recordUninstallation(tx, shopId, uninstall(at('10:00'))))).toBe('not-installed');
    expect(await getShop()).toMatchObject({ status: 'known', uninstalled_at: null });
    await install('11:00');
    await inShop((tx) => recordUninstallation(tx, shopId, uninstall(at('12:00'))));
    expect(await inShop((tx) => recordUninstallation(tx, shopId, uninstall(at('12:30'))))).toBe('not-installed');
    expect(await getShop()).toMatchObject({ status: 'uninstalled', uninstalled_at: at('12:00') });
  });

  it('of an earlier installation harms nothing', async () => {
    await install('08:00');
    await inShop((tx) => recordUninstallation(tx, shopId, uninstall(at('10:00'))));
    await install('11:00');
    await onboard('11:30', 2);
    await storeSession('11:00');
    expect(await inShop((tx) => recordUninstallation(tx, shopId, uninstall(at('10:00'))))).toBe('superseded');
    expect(await getShop()).toMatchObject({ status: 'installed', epoch: 2, onboarded_at: at('11:30') });
    expect(await countSessions()).toEqual([`offline_${DOMAIN}`]);
    expect(await world.superuser('SELECT 1 FROM app.agreement_acceptances WHERE ended_at IS NOT NULL')).toEqual([]);
  });

  it('that we hear of only after the merchant has come back ends the old agreement and leaves the new tokens', async () => {
    await install('08:00');
    await onboard('08:30', 1);
    await storeSession('08:00', true);
    await storeSession('11:00');
    expect(await inShop((tx) => recordUninstallation(tx, shopId, uninstall(at('10:00'))))).toBe('superseded');
    expect(await getShop()).toMatchObject({ status: 'installed', onboarded_at: null });
    expect(await countSessions()).toEqual([`offline_${DOMAIN}`]);
  });

  it('is believed when the newer session holds no token any more', async () => {
    await install('08:00');
    const storage = new SealedSessionStorage({ ...world, now: () => at('11:00') });
    const refused = { id: `offline_${DOMAIN}`, shop: DOMAIN, state: '', isOnline: false, expires: at('12:00') };
    await storage.storeSession(new Session(refused));
    expect(await inShop((tx) => recordUninstallation(tx, shopId, uninstall(at('10:00'))))).toBe('uninstalled');
  });

  it('without a time of its own is believed when it is received', async () => {
    await install('08:00');
    expect(await inShop((tx) => recordUninstallation(tx, shopId, uninstall(null, at('10:00'))))).toBe('uninstalled');
    expect(await getShop()).toMatchObject({ uninstalled_at: at('10:00') });
  });

  it('cannot reach into another shop', async () => {
    await install('08:00');
    const otherId = await ensureShop(world.db, 'other.myshopify.com');
    const crossed = withShop(world.db, otherId, (tx) =>
      recordUninstallation(sqlTxOfPrisma(tx), shopId, uninstall(at('10:00'))),
    );
    await expect(crossed).rejects.toThrow('not bound to the shop');
    expect((await getShop())?.status).toBe('installed');
  });
});

describe('what Shopify says about the shop', () => {
  it('is stored when it is newer, field by field', async () => {
    const updates = [
      { timeZone: 'America/Toronto', currency: 'CAD', moneyFormat: '${{amount}}', updatedAt: at('09:00') },
      { timeZone: 'Europe/Paris', currency: 'EUR', updatedAt: at('08:00') },
      { timeZone: null, currency: undefined, moneyFormat: '{{amount}} $', updatedAt: at('10:00') },
    ];
    const stored = [];
    for (const update of updates) stored.push(await inShop((tx) => applyShopUpdate(tx, shopId, update)));
    expect(stored).toEqual([true, false, true]);
    expect(await getShop()).toMatchObject({
      time_zone: 'America/Toronto',
      currency: 'CAD',
      money_format: '{{amount}} $',
      shopify_updated_at: at('10:00'),
    });
  });

  it('about scopes counts for the installation under way only', async () => {
    await install('08:00', ['read_orders', 'read_products']);
    await inShop((tx) => applyGrantedScopes(tx, shopId, { grantedScopes: [], saidAt: at('07:00') }));
    expect((await getShop())?.granted_scopes).toEqual(['read_orders', 'read_products']);
    await inShop((tx) => applyGrantedScopes(tx, shopId, { grantedScopes: ['read_orders'], saidAt: at('09:00') }));
    expect((await getShop())?.granted_scopes).toEqual(['read_orders']);
  });
});

/** What was notified while `act` ran, in order. */
async function listen(act: () => Promise<void>): Promise<string[]> {
  const client = new pg.Client({ connectionString: world.database.superuserUrl });
  await client.connect();
  try {
    const heard: string[] = [];
    const end = Promise.withResolvers<undefined>();
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === 'test_end') end.resolve(undefined);
      else heard.push(`${channel} ${payload}`);
    });
    await client.query('LISTEN ci_shops; LISTEN ci_keys; LISTEN test_end');
    await act();
    await world.superuser("SELECT pg_notify('test_end', '')");
    await end.promise;
    return heard;
  } finally {
    await client.end();
  }
}
