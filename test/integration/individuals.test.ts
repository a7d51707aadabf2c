/** The public form: it passes on, and tells nothing. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { forwardRequest, getShopDomain } from '#app/privacy/individuals/forward.ts';
import { listRequests } from '#app/privacy/requests/read.ts';
import { seedCarts, line } from '#test/support/seed-carts.ts';
import { onboardShop } from '#test/support/pipeline.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const OWNER = { staffId: '1', name: 'Owner', verifiedEmail: 'owner@clay.example', isAccountOwner: true };
const NOW = new Date('2026-11-20T10:00:00Z');

let world: ShopWorld;
let domain: string;
let shopId: string;
const services = (patience: () => Promise<unknown> = async () => undefined) => ({
  db: world.db,
  keyStore: world.keyStore,
  clock: () => NOW,
  patience,
});
function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries({ shop: domain, email: 'amina@example.com', kind: 'access', ...fields }))
    data.set(name, value);
  return data;
}
const forward = (fields: Record<string, string> = {}) => forwardRequest(services(), form(fields));
const requests = (id = shopId) => withShop(world.db, id, (tx) => listRequests(sqlTxOfPrisma(tx), id));
const everywhere = () => world.superuser<{ row: string }>('SELECT r::text AS row FROM app.privacy_requests r');

beforeAll(async () => {
  world = await openShopWorld();
});
beforeEach(async () => {
  domain = `clay-${randomUUID().slice(0, 8)}.myshopify.com`;
  shopId = await onboardShop(world, domain, OWNER, 'privacy@clay.example');
});
afterAll(() => world.close());

describe('a request of an individual', () => {
  it('reaches the shop that was named, held until the shop knows who asks', async () => {
    expect(await forward({ kind: 'erasure' })).toBe('taken');
    expect(await requests()).toMatchObject([
      { kind: 'erasure', source: 'individual', state: 'paused', pauseGround: 'identity', regime: 'gdpr' },
    ]);
    expect((await everywhere()).filter(({ row }) => row.includes('amina'))).toEqual([]);
  });

  it('gets one answer, whether the shop and the person are known or not', async () => {
    await seedCarts(world, shopId, [
      {
        states: [{ atMs: 1, lines: [line('Mug', 1, 1)] }],
        personCode: '7F3K',
        checkout: { atMs: 2, email: 'amina@example.com' },
      },
    ]);
    await ensureShop(world.db, 'never-onboarded.myshopify.com');
    const before = (await everywhere()).length;
    const answers = [
      await forward(),
      await forward({ email: 'nobody@example.com' }),
      await forward({ shop: 'no-such-shop.myshopify.com' }),
      await forward({ shop: 'never-onboarded.myshopify.com' }),
    ];
    expect(new Set(answers)).toEqual(new Set(['taken']));
    // The two of the shop that is there, and nothing else, were recorded.
    expect(await requests()).toHaveLength(2);
    expect(await everywhere()).toHaveLength(before + 2);
    expect(await world.superuser(`SELECT 1 FROM app.shops WHERE domain LIKE 'no-such-shop%'`)).toEqual([]);
    const keyless = await world.superuser(
      `SELECT 1 FROM keys.shop_keys k JOIN app.shops s ON s.id = k.shop_id WHERE s.domain LIKE 'never-onboarded%'`,
    );
    expect(keyless).toEqual([]);
  });

  it.each(['', 'no-such-shop'])('is answered no sooner for a shop that is not there (%j)', async (shop) => {
    const waiting = Promise.withResolvers<undefined>();
    let isAnswered = false;
    const answer = forwardRequest(
      services(() => waiting.promise),
      form(shop === '' ? {} : { shop }),
    ).then(() => (isAnswered = true));
    await world.superuser('SELECT pg_sleep(0.2)');
    expect(isAnswered).toBe(false);
    waiting.resolve(undefined);
    await answer;
  });

  it('is refused for what can be seen on the form alone', async () => {
    expect(await forward({ shop: 'clay studio!' })).toBe('shop-malformed');
    expect(await forward({ email: 'amina' })).toBe('email-malformed');
    expect(await forward({ kind: 'shop-erasure' })).toBe('kind-missing');
    expect(await requests()).toEqual([]);
  });

  it('cannot bury the shop: twenty a day are passed on, and the answer stays the same', async () => {
    for (let sent = 0; sent < 23; sent += 1)
      expect(await forward({ email: `p${String(sent)}@example.com` })).toBe('taken');
    expect(await requests()).toHaveLength(20);
  });
});

describe('the name of a shop', () => {
  it.each([
    ['clay-studio', 'clay-studio.myshopify.com'],
    [' https://Clay-Studio.myshopify.com/pages/x ', 'clay-studio.myshopify.com'],
    ['clay.example', null],
    ['', null],
    ["x'; DROP TABLE", null],
  ])('%j', (typed, domain) => {
    expect(getShopDomain(typed)).toBe(domain);
  });
});
