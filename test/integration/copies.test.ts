/** Copies for those who ask for one: from the webhook to the file, with everything that can go wrong in between. */
import { randomUUID } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { meetStaff } from '#app/access/members.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { keepCopyClock } from '#app/privacy/package/clock.ts';
import { readRequestPage } from '#app/privacy/desk/read.ts';
import { checkStoredReceipt } from '#app/privacy/desk/receipt.ts';
import { submitRequest } from '#app/privacy/desk/submit.ts';
import { fetchPackage, previewPackage } from '#app/privacy/package/fetch.ts';
import type { PackageDocument } from '#app/privacy/package/document.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { endPackages, getPackage, releasePackage } from '#app/privacy/package/store.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { offerRequest } from '#app/privacy/requests/move.ts';
import { readRequest } from '#app/privacy/requests/read.ts';
import { NOBODY, type RequestSubject } from '#app/privacy/requests/subject.ts';
import { onboardShop, startPipeline } from '#test/support/pipeline.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';
import { joinStaff } from '#test/support/staff.ts';
import { story } from '#test/support/story.ts';

const OWNER = { staffId: '1', name: 'Owner', verifiedEmail: 'owner@clay.example', isAccountOwner: true };
const DOMAIN = 'clay.myshopify.com';
const DAY_MS = 86_400_000;
const view = { staffId: '1', requestId: 'view-1' };

let world: ShopWorld;
let shopId: string;
let now = new Date();
const gate = () => ({ db: world.db, keyStore: world.keyStore, clock: () => now });
const inShop = <T>(work: (sql: ReturnType<typeof sqlTxOfPrisma>) => Promise<T>) =>
  withShop(world.db, shopId, (tx) => work(sqlTxOfPrisma(tx)));

/** What Shopify sends of a person, without requests by law. */
const shopping = (mark: string, number: string) =>
  story({ domain: DOMAIN, mark, number }).filter(([topic]) =>
    /^(carts|checkouts|orders|customers\/update)/.test(topic),
  );

beforeAll(async () => {
  world = await openShopWorld();
  const pipeline = await startPipeline(world);
  shopId = await onboardShop(world, DOMAIN, OWNER, 'privacy@clay.example');
  await withShop(world.db, shopId, async (tx) => {
    await meetStaff(tx, world.keyStore, shopId, OWNER, new Date());
    const analyst = { ...OWNER, staffId: '77', isAccountOwner: false };
    await meetStaff(tx, world.keyStore, shopId, analyst, new Date());
  });
  for (const [topic, body] of [...shopping('amina', '72044'), ...shopping('stranger', '83055')])
    expect(await pipeline.send(DOMAIN, topic, body)).toBe(200);
  await pipeline.send(DOMAIN, 'customers/data_request', {
    shop_domain: DOMAIN,
    customer: { id: 7204401, email: 'shopper.amina@example.com' },
    orders_requested: [7204421],
    data_request: { id: 9001 },
  });
  await pipeline.settled();
  await vi.waitFor(async () => {
    const rows = await world.superuser(`SELECT 1 FROM app.privacy_requests WHERE state = 'review'`);
    expect(rows).toHaveLength(1);
  }, 120_000);
  // From here on nothing happens by itself: the worker's own clock would take part in what follows.
  await pipeline.close();
});
beforeEach(() => {
  now = new Date();
});
afterAll(() => world.close());

async function ask(subject: Partial<RequestSubject>, scope: 'everything' | 'last-12-months' = 'everything') {
  return inShop((sql) =>
    createRequest(sql, world.keyStore, shopId, {
      kind: 'access',
      source: 'merchant',
      regime: 'gdpr',
      scope,
      subject: { ...NOBODY, ...subject },
      receivedAt: now,
      actor: 'staff:test',
    }),
  );
}
const stateOf = async (id: string) => (await inShop((sql) => readRequest(sql, shopId, id)))?.state;
const copyOf = (id: string) => withShop(world.db, shopId, (tx) => getPackage(tx, shopId, id));
const keysOf = (scope: string, ids: string[]) =>
  world.superuser('SELECT 1 FROM keys.subject_keys WHERE scope = $1 AND subject_id = ANY ($2::uuid[])', [scope, ids]);
const release = (id: string) =>
  withShop(world.db, shopId, async (tx) => {
    expect(await releasePackage(tx, shopId, id, { reason: 'reviewed', at: now })).toBe(true);
    await offerRequest(sqlTxOfPrisma(tx), shopId, id, 'ready', { actor: 'staff:test', at: now });
  });
const rowsOf = (document: PackageDocument | null, name: string) =>
  document?.sections.find((section) => section.name === name)?.rows ?? [];

describe('a copy', () => {
  it('of a person holds everything about them and nothing of anybody else', async () => {
    const id = await ask({ emails: ['shopper.amina@example.com'] });
    expect(await makePackage(gate(), shopId, id)).toBe('made');
    const document = await previewPackage(gate(), shopId, view, id);
    expect(rowsOf(document, 'identity')).toMatchObject([
      { firstName: 'Firstamina', lastName: 'Lastamina', email: 'shopper.amina@example.com', customerId: '7204401' },
    ]);
    expect(rowsOf(document, 'carts')).toHaveLength(1);
    expect(rowsOf(document, 'cartStates').map(({ cart, itemCount }) => [cart, itemCount])).toEqual([
      [1, 1],
      [1, 2],
    ]);
    expect(rowsOf(document, 'cartStates')[1]).toMatchObject({ lines: [{ title: 'Mug amina', quantity: 2 }] });
    expect(rowsOf(document, 'checkouts')).toMatchObject([{ cart: 1, country: 'Canada', province: 'Province amina' }]);
    expect(rowsOf(document, 'orders')).toMatchObject([{ cart: 1, orderName: '#amina', email: expect.any(String) }]);
    expect(rowsOf(document, 'requests')).toMatchObject([{ kind: 'access', emails: ['shopper.amina@example.com'] }]);
    expect(document?.recipients).toEqual([]);
    const text = JSON.stringify(document);
    expect(text).not.toMatch(/stranger|83055/);
    // Nothing that is only a handle of ours, and nothing that the app says it never keeps.
    expect(text).not.toMatch(/cart-amina|checkout-amina|Street|Flat amina|Note amina|203\.0\.113/);
    const ids = await world.superuser<{ id: string }>('SELECT id FROM app.people UNION SELECT id FROM app.carts');
    expect(ids.filter(({ id: own }) => text.includes(own))).toEqual([]);
  });

  it('tells who looked, when, for which purpose and at what, and says nothing of whose data else was seen', async () => {
    const { readCart } = await import('#app/carts/read-cart.ts');
    const carts = await world.superuser<{ id: string; title: string }>(
      `SELECT c.id, p.support_code AS title FROM app.carts c JOIN app.people p ON p.id = c.person_id`,
    );
    for (const { id } of carts) await readCart(gate(), shopId, { staffId: '77', requestId: 'look' }, id);
    const id = await ask({ customerIds: ['7204401'] });
    await makePackage(gate(), shopId, id);
    const document = await previewPackage(gate(), shopId, view, id);
    const looks = document?.looks.filter(({ page }) => page === 'cart') ?? [];
    expect(looks).toEqual([
      {
        at: now.toISOString(),
        purpose: 'cart-activity',
        role: expect.any(String),
        page: 'cart',
        by: expect.stringMatching(/^Staff member \d$/),
        fields: expect.arrayContaining(['app.cart_states.sealed.lines', 'app.checkouts.sealed.country']),
      },
    ]);
    expect(JSON.stringify(document)).not.toContain('77"');
  });

  it('of twelve months leaves out what is older', async () => {
    now = new Date(Date.now() + 400 * DAY_MS);
    const id = await ask({ emails: ['shopper.amina@example.com'] }, 'last-12-months');
    await makePackage(gate(), shopId, id);
    const document = await previewPackage(gate(), shopId, view, id);
    expect(rowsOf(document, 'identity')).toHaveLength(1);
    expect([...rowsOf(document, 'carts'), ...rowsOf(document, 'orders'), ...(document?.looks ?? [])]).toEqual([]);
    expect(document?.scope.since).not.toBeNull();
  });

  it('of nobody we know says that nothing is held', async () => {
    const id = await ask({ emails: ['nobody@example.com'] });
    expect(await makePackage(gate(), shopId, id)).toBe('made');
    expect((await copyOf(id))?.counts).toMatchObject({ identity: 0, carts: 0, orders: 0, requests: 1 });
  });

  it('lies sealed under a key of its own, and its counts say nothing of the person', async () => {
    const id = await ask({ emails: ['shopper.amina@example.com'] });
    await makePackage(gate(), shopId, id);
    const rows = await world.superuser<{ id: string; row: string }>(
      'SELECT id, t::text AS row FROM app.access_packages t WHERE request_id = $1',
      [id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain('amina');
    expect(rows[0]?.row).not.toContain(Buffer.from('amina').toString('hex'));
    expect(await keysOf('request', [rows[0]?.id ?? ''])).toHaveLength(1);
  });
});

describe('making it', () => {
  it('begins with the webhook and ends in a copy to look over', async () => {
    const [row] = await world.superuser<{ id: string; state: string }>(
      `SELECT id, state FROM app.privacy_requests WHERE topic = 'customers/data_request'`,
    );
    expect(row?.state).toBe('review');
    expect((await copyOf(row?.id ?? ''))?.counts).toMatchObject({ identity: 1, orders: 1 });
  });

  it('twice, or at the same moment, makes one', async () => {
    const id = await ask({ emails: ['shopper.amina@example.com'] });
    const outcomes = await Promise.all([makePackage(gate(), shopId, id), makePackage(gate(), shopId, id)]);
    expect(outcomes.sort()).toEqual(['made', 'none']);
    expect(await makePackage(gate(), shopId, id)).toBe('none');
    expect(await world.superuser('SELECT 1 FROM app.access_packages WHERE request_id = $1', [id])).toHaveLength(1);
  });

  it('again puts a new one in the place of the first, whose key is destroyed', async () => {
    const id = await ask({ emails: ['shopper.amina@example.com'] });
    await makePackage(gate(), shopId, id);
    const first = await copyOf(id);
    expect(await makePackage(gate(), shopId, id, { again: true })).toBe('made');
    const second = await copyOf(id);
    expect(second?.id).not.toBe(first?.id);
    expect(await keysOf('request', [first?.id ?? ''])).toEqual([]);
    const rows = await world.superuser('SELECT end_reason FROM app.access_packages WHERE request_id = $1 ORDER BY id', [
      id,
    ]);
    expect(rows).toEqual([{ end_reason: 'replaced' }, { end_reason: null }]);
  });

  it('leaves requests of other kinds, of other shops and unknown ones alone', async () => {
    const id = await inShop((sql) =>
      createRequest(sql, world.keyStore, shopId, {
        kind: 'erasure',
        source: 'merchant',
        regime: 'gdpr',
        scope: null,
        subject: { ...NOBODY, emails: ['nobody@example.com'] },
        receivedAt: now,
        actor: 'staff:test',
      }),
    );
    const other = await onboardShop(world, `o-${randomUUID().slice(0, 8)}.myshopify.com`, OWNER, 'p@clay.example');
    expect(await makePackage(gate(), shopId, id)).toBe('none');
    expect(await makePackage(gate(), shopId, uuidv7())).toBe('none');
    const mine = await ask({ emails: ['shopper.amina@example.com'] });
    expect(await makePackage(gate(), other, mine)).toBe('none');
    expect(await copyOf(mine)).toBeNull();
    expect(await stateOf(id)).toBe('received');
  });

  it('that dies at any statement leaves nothing half done, and the next run makes one', async () => {
    const id = await ask({ customerIds: ['7204401'] });
    let statements = 0;
    let dieAt = 0;
    const dying = {
      ...world.db,
      prisma: new Proxy(world.db.prisma, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name);
          if (name !== '$transaction') return value;
          return (work: (tx: object) => Promise<unknown>, options: object) =>
            (value as (work: unknown, options: object) => Promise<unknown>).call(
              target,
              (tx: object) => work(mortal(tx, () => (statements += 1) === dieAt)),
              options,
            );
        },
      }),
    };
    const before = await evidence(id);
    for (dieAt = 1; dieAt < 500; dieAt += 1) {
      statements = 0;
      const made = makePackage({ ...gate(), db: dying }, shopId, id);
      if (
        await made.then(
          () => true,
          () => false,
        )
      )
        break;
      expect(await evidence(id), `died at statement ${String(dieAt)}`).toEqual(before);
    }
    expect(dieAt).toBeGreaterThan(20);
    expect(await stateOf(id)).toBe('review');
    expect(await world.superuser('SELECT 1 FROM app.access_packages WHERE request_id = $1', [id])).toHaveLength(1);
    expect(await makePackage(gate(), shopId, id)).toBe('none');
  });
});

/** What a run that died must not have changed. */
async function evidence(requestId: string) {
  return world.superuser(
    `SELECT (SELECT count(*) FROM keys.subject_keys) AS keys, (SELECT count(*) FROM app.access_packages) AS packages,
       (SELECT count(*) FROM app.access_records) AS records, (SELECT count(*) FROM app.privacy_request_steps) AS steps,
       (SELECT state FROM app.privacy_requests WHERE id = $1) AS state`,
    [requestId],
  );
}

/** A transaction in which the statement for which `dies` says so never comes back. */
function mortal(tx: object, dies: () => boolean): object {
  const call =
    (work: (...args: never[]) => unknown, self: object) =>
    (...args: never[]) => {
      if (dies()) throw new Error('died');
      return work.apply(self, args);
    };
  return new Proxy(tx, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value === 'function') return call(value as never, target);
      if (typeof value !== 'object' || value === null) return value;
      return new Proxy(value, {
        get: (model, operation) => {
          const run: unknown = Reflect.get(model, operation);
          return typeof run === 'function' ? call(run as never, model) : run;
        },
      });
    },
  });
}

describe('fetching it', () => {
  it('takes somebody who has released it, works once, and destroys the key', async () => {
    const id = await ask({ emails: ['shopper.amina@example.com'] });
    await makePackage(gate(), shopId, id);
    expect(await fetchPackage(gate(), shopId, view, id)).toBeNull();
    await release(id);
    const made = await copyOf(id);
    const fetched = await Promise.all([fetchPackage(gate(), shopId, view, id), fetchPackage(gate(), shopId, view, id)]);
    expect(fetched.filter((document) => document !== null)).toHaveLength(1);
    expect(await fetchPackage(gate(), shopId, view, id)).toBeNull();
    expect(await previewPackage(gate(), shopId, view, id)).toBeNull();
    expect(await keysOf('request', [made?.id ?? ''])).toEqual([]);
    expect(await copyOf(id)).toMatchObject({ endReason: 'fetched' });
    const rows = await world.superuser('SELECT sealed, subject_ids FROM app.access_packages WHERE request_id = $1', [
      id,
    ]);
    expect(rows).toEqual([{ sealed: null, subject_ids: [] }]);
  });

  it('is on record, and so is looking it over', async () => {
    const id = await ask({ emails: ['shopper.amina@example.com'] });
    await makePackage(gate(), shopId, id);
    await release(id);
    const seen = async () =>
      (await world.superuser<{ page: string }>('SELECT page FROM app.access_records')).map(({ page }) => page);
    const before = await seen();
    await previewPackage(gate(), shopId, view, id);
    await fetchPackage(gate(), shopId, view, id);
    const pages = (await seen()).sort();
    for (const page of before) pages.splice(pages.indexOf(page), 1);
    expect(pages).toEqual(['request-copy', 'request-copy-download']);
    // Each is an export with its reason, and what was not there to be opened was none.
    const exports = () =>
      world.superuser(`SELECT page, reason FROM app.access_records WHERE purpose = 'export' ORDER BY seq DESC LIMIT 2`);
    const made = await exports();
    expect(made).toEqual([
      { page: 'request-copy-download', reason: 'request' },
      { page: 'request-copy', reason: 'request' },
    ]);
    const count = (await seen()).length;
    expect(await fetchPackage(gate(), shopId, view, id)).toBeNull();
    expect(await previewPackage(gate(), shopId, view, id)).toBeNull();
    expect((await seen()).length).toBe(count);
  });

  it('is told to the person: who looked at everything stands in the next copy', async () => {
    const subject = { emails: ['shopper.stranger@example.com'] };
    const first = await ask(subject);
    await makePackage(gate(), shopId, first);
    await release(first);
    await previewPackage(gate(), shopId, view, first);
    await fetchPackage(gate(), shopId, view, first);
    const second = await ask(subject);
    await makePackage(gate(), shopId, second);
    const document = await previewPackage(gate(), shopId, view, second);
    const pages = document?.looks.filter(({ purpose }) => purpose === 'export').map(({ page, role }) => [page, role]);
    expect(pages).toEqual([
      ['request-copy', 'owner'],
      ['request-copy-download', 'owner'],
    ]);
  });

  it('is nothing for what is no id', async () => {
    for (const asked of ['abc', '', '-'.repeat(36)]) {
      expect(await fetchPackage(gate(), shopId, view, asked)).toBeNull();
      expect(await previewPackage(gate(), shopId, view, asked)).toBeNull();
      const form = new FormData();
      form.set('intent', 'resume');
      const jobs = { add: async () => undefined, close: async () => undefined };
      expect(await submitRequest({ ...gate(), jobs }, shopId, '1', asked, form)).toBe('not-found');
      expect(await inShop((sql) => checkStoredReceipt(sql, shopId, asked, async () => new Map()))).toBeNull();
    }
  });

  it('of another shop’s, an unknown or a nonsensical request gives nothing', async () => {
    const other = await onboardShop(world, `o-${randomUUID().slice(0, 8)}.myshopify.com`, OWNER, 'p@clay.example');
    await withShop(world.db, other, (tx) => meetStaff(tx, world.keyStore, other, OWNER, new Date()));
    const id = await ask({ emails: ['shopper.amina@example.com'] });
    await makePackage(gate(), shopId, id);
    await release(id);
    for (const asked of [id, uuidv7()]) {
      expect(await fetchPackage(gate(), other, view, asked)).toBeNull();
      expect(await previewPackage(gate(), other, view, asked)).toBeNull();
    }
    expect(await fetchPackage(gate(), shopId, view, id)).not.toBeNull();
  });
});

describe('the clock', () => {
  it('ends a copy after seven days, with its key', async () => {
    const id = await ask({ emails: ['shopper.amina@example.com'] });
    await makePackage(gate(), shopId, id);
    const made = await copyOf(id);
    now = new Date(now.getTime() + 7 * DAY_MS + 1);
    await keepCopyClock(gate(), shopId);
    expect(await copyOf(id)).toMatchObject({ endReason: 'expired' });
    expect(await keysOf('request', [made?.id ?? ''])).toEqual([]);
    expect(await stateOf(id)).toBe('review');
  });

  it('gives out on the 25th day what nobody has looked over, made anew where it had expired', async () => {
    const id = await ask({ emails: ['shopper.amina@example.com'] });
    await makePackage(gate(), shopId, id);
    now = new Date(now.getTime() + 24 * DAY_MS);
    await keepCopyClock(gate(), shopId);
    expect(await stateOf(id)).toBe('review');
    now = new Date(now.getTime() + 2 * DAY_MS);
    await keepCopyClock(gate(), shopId);
    expect(await stateOf(id)).toBe('ready');
    expect(await copyOf(id)).toMatchObject({ releaseReason: 'day-25', endedAt: null });
    await keepCopyClock(gate(), shopId);
    // Nobody has looked it over: it is for the owner alone, and stays where it is when somebody else asks.
    const support = { ...view, staffId: '78' };
    await joinStaff(world, shopId, support.staffId, 'support');
    expect((await readRequestPage(gate(), shopId, support, id))?.may).toMatchObject({ preview: true, download: false });
    await expect(fetchPackage(gate(), shopId, support, id)).rejects.toMatchObject({ code: 'access.denied' });
    expect((await readRequestPage(gate(), shopId, view, id))?.may.download).toBe(true);
    expect(await fetchPackage(gate(), shopId, view, id)).not.toBeNull();
  });
});

describe('erasing somebody', () => {
  it('ends the copies that hold anything of theirs, and no other', async () => {
    const [mine, theirs] = [
      await ask({ emails: ['shopper.amina@example.com'] }),
      await ask({ emails: ['shopper.stranger@example.com'] }),
    ];
    for (const id of [mine, theirs]) await makePackage(gate(), shopId, id);
    const [person] = await world.superuser<{ ids: string[] }>(
      'SELECT subject_ids AS ids FROM app.access_packages WHERE request_id = $1 AND ended_at IS NULL',
      [mine],
    );
    await withShop(world.db, shopId, (tx) =>
      endPackages(sqlTxOfPrisma(tx), shopId, { subjectIds: person?.ids.slice(0, 1) ?? [] }, 'erased', now),
    );
    expect(await copyOf(mine)).toMatchObject({ endReason: 'erased' });
    expect(await copyOf(theirs)).toMatchObject({ endReason: null });
  });
});
