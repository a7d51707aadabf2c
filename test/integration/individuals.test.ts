/** The public form: it passes on, and tells nothing. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createRateLimits } from '#app/access/rate-limits.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { forwardRequest, getShopDomain } from '#app/privacy/individuals/forward.ts';
import { Pace } from '#app/privacy/individuals/pace.ts';
import { listRequests } from '#app/privacy/requests/read.ts';
import { action } from '#app/routes/privacy.tsx';
import { seedCarts, line } from '#test/support/seed-carts.ts';
import { onboardShop } from '#test/support/pipeline.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const OWNER = { staffId: '1', name: 'Owner', verifiedEmail: 'owner@clay.example', isAccountOwner: true };
const NOW = new Date('2026-11-20T10:00:00Z');

let world: ShopWorld;
let domain: string;
let shopId: string;
let limits = createRateLimits();
const services = (patience: () => Promise<unknown> = async () => undefined, from = '192.0.2.1') => ({
  db: world.db,
  keyStore: world.keyStore,
  clock: () => NOW,
  patience,
  mayPassOn: (named: string) => limits.namedShop(named, from),
});
function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries({ shop: domain, email: 'amina@example.com', kind: 'access', ...fields }))
    data.set(name, value);
  return data;
}
const forward = (fields: Record<string, string> = {}, from = '192.0.2.1') =>
  forwardRequest(services(undefined, from), form(fields));
const requests = (id = shopId) => withShop(world.db, id, (tx) => listRequests(sqlTxOfPrisma(tx), id));
const everywhere = () => world.superuser<{ row: string }>('SELECT r::text AS row FROM app.privacy_requests r');

beforeAll(async () => {
  world = await openShopWorld();
});
beforeEach(async () => {
  limits = createRateLimits();
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

  it.each(['the shop', 'no-such-shop'])('is never said to be passed on when it is not (%s)', async (named) => {
    const shop = named === 'the shop' ? domain : named;
    const answers = [];
    for (let sent = 0; sent < 23; sent += 1)
      answers.push(await forward({ shop, email: `p${String(sent)}@example.com` }, `192.0.2.${String(sent)}`));
    expect(answers).toEqual([...Array<string>(20).fill('taken'), ...Array<string>(3).fill('full')]);
    expect(await requests()).toHaveLength(named === 'the shop' ? 20 : 0);
    // Under another of its spellings it is the same shop.
    expect(await forward({ shop: `https://${shop.toUpperCase()}/` }, '203.0.113.9')).toBe('full');
  });

  it('finds room although one sender asks all day', async () => {
    const answers = [];
    for (let sent = 0; sent < 40; sent += 1) answers.push(await forward({ email: `p${String(sent)}@example.com` }));
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(4);
    expect(await forward({}, '203.0.113.9')).toBe('taken');
  });

  it('is told to come back by the page, whoever uses up what is there for everybody', async () => {
    const publicPace = new Pace(21);
    const post = (clientAddress: string) =>
      action({
        request: new Request('https://app.example.com/privacy', { method: 'POST', body: form({}) }),
        context: { ...services(), limits, clientAddress, publicPace, publicPatience: async () => undefined },
        params: {},
      } as unknown as Parameters<typeof action>[0]);
    const answerOf = async (from: string) => (await post(from)).data.answer;
    const answers = [];
    for (let sent = 0; sent < 30; sent += 1) answers.push(await answerOf('192.0.2.1'));
    expect(answers.filter((answer) => answer === 'busy')).toHaveLength(10);
    expect(await answerOf('203.0.113.9')).toBe('taken');
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
