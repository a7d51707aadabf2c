/** The public form: it passes on, and tells nothing. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createRateLimits } from '#app/access/rate-limits.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { forwardRequest, getShopDomain } from '#app/privacy/individuals/forward.ts';
import { DESK_PAGE, readDesk } from '#app/privacy/desk/list.ts';
import { closeUnverified } from '#app/privacy/individuals/close-unverified.ts';
import { Pace } from '#app/privacy/individuals/pace.ts';
import { listNotices, writeDueNotices } from '#app/privacy/notices/notices.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { pauseRequest, resumeRequest } from '#app/privacy/requests/move.ts';
import { listRequests } from '#app/privacy/requests/read.ts';
import { readSteps } from '#app/privacy/requests/steps.ts';
import { NOBODY } from '#app/privacy/requests/subject.ts';
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

describe('the desk of a shop that somebody keeps busy', () => {
  const DAY_MS = 86_400_000;
  const on = (day: number) => new Date(NOW.getTime() + day * DAY_MS);
  const inShop = <T>(work: (sql: SqlTx) => Promise<T>) => withShop(world.db, shopId, (tx) => work(sqlTxOfPrisma(tx)));
  const askOn = (day: number, source: 'individual' | 'merchant') =>
    inShop(async (sql) => {
      const id = await createRequest(sql, world.keyStore, shopId, {
        kind: 'erasure',
        source,
        regime: 'gdpr',
        scope: null,
        subject: { ...NOBODY, emails: ['amina@example.com'] },
        receivedAt: on(day),
        actor: source,
      });
      if (source === 'individual') await pauseRequest(sql, shopId, id, 'identity', { actor: source, at: on(day) });
      return id;
    });
  const desk = (page: number, view: 'open' | 'done' = 'open') => readDesk(services(), shopId, { view, page });

  it('shows what is certain first, and the rest on further pages', async () => {
    for (let sent = 0; sent < DESK_PAGE + 3; sent += 1) await askOn(0, 'individual');
    const certain = await askOn(5, 'merchant');
    const [first, second, beyond] = [await desk(1), await desk(2), await desk(9)];
    expect(first.rows[0]!.id).toBe(certain);
    expect([first.rows.length, first.hasNext, second.rows.length, second.hasNext]).toEqual([DESK_PAGE, true, 4, false]);
    expect(new Set([...first.rows, ...second.rows].map(({ id }) => id)).size).toBe(first.counts.open);
    expect([beyond.page, beyond.rows]).toEqual([2, second.rows]);
  });

  it('is rid of what nobody has verified by the day it is due, and of nothing else', async () => {
    const stranger = await askOn(0, 'individual');
    const verified = await askOn(0, 'individual');
    const certain = await askOn(0, 'merchant');
    await inShop((sql) => resumeRequest(sql, shopId, verified, { actor: 'staff:test', at: on(1) }));
    expect(await inShop((sql) => closeUnverified(sql, shopId, on(29)))).toBe(0);
    expect(await inShop((sql) => closeUnverified(sql, shopId, on(31)))).toBe(1);
    expect((await desk(1)).rows.map(({ id }) => id).sort()).toEqual([verified, certain].sort());
    expect(await requests()).toContainEqual(
      expect.objectContaining({ id: stranger, state: 'refused', closingGround: 'not-identified' }),
    );
    expect((await inShop((sql) => readSteps(sql, shopId, stranger))).at(-1)).toMatchObject({
      step: 'refused',
      actor: 'system:privacy.clock',
    });
  });

  it('mails about five a day; of the others the page tells', async () => {
    for (let sent = 0; sent < 8; sent += 1) await askOn(0, 'individual');
    await inShop((sql) => writeDueNotices(sql, shopId, on(0)));
    const states = async () => (await inShop((sql) => listNotices(sql, shopId))).map(({ state }) => state).sort();
    expect(await states()).toEqual([...Array<string>(3).fill('shown'), ...Array<string>(5).fill('waiting')]);
    await askOn(2, 'individual');
    await inShop((sql) => writeDueNotices(sql, shopId, on(2)));
    expect((await states()).filter((state) => state === 'waiting')).toHaveLength(6);
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
