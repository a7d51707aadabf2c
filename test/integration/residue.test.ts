/** The look for what an erasure left: it finds what is the person's, and is not held up by what is somebody else's or damaged. */
import { randomInt } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { SqlTx } from '#app/data/sql-tx.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import { type ErasureDeps, workErasure } from '#app/privacy/erasure/work-erasure.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { readReceipt } from '#app/privacy/receipts/issue.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { readRequest } from '#app/privacy/requests/read.ts';
import { NOBODY, type RequestSubject } from '#app/privacy/requests/subject.ts';
import { scanResidue } from '#app/privacy/residue/scan-residue.ts';
import { erasureDeps } from '#test/support/erasure-deps.ts';
import { type IngestWorld, openIngestWorld, type Told } from '#test/support/ingest-world.ts';
import { bodiesOf, type Shopper, shopper } from '#test/support/shoppers.ts';

let world: IngestWorld;
let shopId: string;
let domain = '';

beforeAll(async () => {
  world = await openIngestWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  domain = `r${String(randomInt(1e9))}-residue.myshopify.com`;
  shopId = await world.addShop(domain);
});

const deps = (): ErasureDeps => erasureDeps(world, { backupDays: 14 });
const inShop = <T>(work: Parameters<typeof withShopSql<T>>[2]) => withShopSql(world.pool, shopId, work);

const tell = (...webhooks: readonly Told[]) => world.tell({ id: shopId, domain }, ...webhooks);

const ask = (kind: 'access' | 'erasure', subject: Partial<RequestSubject>) =>
  inShop((tx) =>
    createRequest(tx, world.keyStore, shopId, {
      kind,
      source: 'merchant',
      regime: 'gdpr',
      scope: kind === 'access' ? 'everything' : null,
      subject: { ...NOBODY, ...subject },
      receivedAt: new Date(),
      actor: 'staff:0',
    }),
  );

/** A request that was closed and still has its key, as it was before closing one destroyed it. */
async function askedAndClosed(subject: Partial<RequestSubject>): Promise<string> {
  const id = await ask('access', subject);
  await world.superuser(`UPDATE app.privacy_requests SET state = 'done', finished_at = now() WHERE id = $1`, [id]);
  return id;
}

const erasureOf = ({ customerId, email }: Shopper) =>
  ask('erasure', { customerIds: customerId === '' ? [] : [customerId], emails: [email] });
const erase = async (who: Shopper) => workErasure(deps(), shopId, await erasureOf(who));
const lookFor = (...values: string[]) =>
  scanResidue(
    deps(),
    shopId,
    { values, sharable: new Set(), ids: [], refs: [], erasedAt: null },
    { actor: 'system:test', purpose: 'privacy-requests', job: 'test', requestId: 'r' },
  );

/** Turns one bit of each value that a row has sealed; done twice, it is as before. */
async function damage(table: 'app.cart_states' | 'app.people' | 'app.orders' | 'app.privacy_requests', id: string) {
  const last = 'octet_length(sealed) - 1';
  // Past the triggers by which a seal cannot be changed: a disk knows none of them.
  await world.superuser(
    `BEGIN; SET LOCAL session_replication_role = replica;
     UPDATE ${table} SET sealed = set_byte(sealed, ${last}, get_byte(sealed, ${last}) # 1)
     WHERE shop_id = '${shopId}' AND ${table === 'app.cart_states' ? 'cart_id' : 'id'} = '${id}'; COMMIT`,
  );
}

describe('what is somebody else’s does not keep an erasure open', () => {
  it('an address that ends like theirs, and a number that has theirs within it', async () => {
    const ann: Shopper = { ...shopper(), email: 'ann@example.com', customerId: '207119551' };
    await tell(...bodiesOf(ann));
    await askedAndClosed({ emails: ['joann@example.com'] });
    await askedAndClosed({ emails: ['ann@example.com.au'], orderIds: ['5207119551123'] });
    expect(await erase(ann)).toBe('done');
  });

  it('a request of another customer with the same address, closed or with a copy that waits', async () => {
    const ann = shopper();
    const other: Shopper = { ...shopper(), email: ann.email };
    await tell(...bodiesOf(other), ...bodiesOf(ann));
    await askedAndClosed({ customerIds: [other.customerId], emails: [other.email], orderIds: [ann.orderId] });
    const copy = await ask('access', { customerIds: [other.customerId], emails: [other.email] });
    expect(await makePackage(deps(), shopId, copy)).toBe('made');

    const erasure = await erasureOf(ann);
    expect(await workErasure(deps(), shopId, erasure)).toBe('done');
    const receipt = await inShop((tx) => readReceipt(tx, shopId, erasure));
    // The request and the copy, and the other customer's own profile, checkout and order.
    expect(receipt?.statement.scan).toMatchObject({ hits: 0, shared: 5 });
  });

  it('control: a request about the person that nobody gathered is found', async () => {
    const ann = shopper();
    await tell(...bodiesOf(ann));
    const erasure = await erasureOf(ann);
    const late = await askedAndClosed({ emails: [ann.email] });
    // Its key survives the erasure, as if it had been closed while the erasure ran.
    await world.superuser(
      `CREATE FUNCTION public.keep_key() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         RETURN CASE WHEN OLD.subject_id = '${late}' THEN NULL ELSE OLD END; END $$`,
    );
    await world.superuser(
      'CREATE TRIGGER keep_key BEFORE DELETE ON keys.subject_keys FOR EACH ROW EXECUTE FUNCTION public.keep_key()',
    );
    try {
      expect(await workErasure(deps(), shopId, erasure)).toBe('residue');
    } finally {
      await world.superuser('DROP FUNCTION public.keep_key CASCADE');
    }
    expect((await inShop((tx) => readRequest(tx, shopId, erasure)))?.residue).toEqual(['app.privacy_requests.sealed']);
    expect(await workErasure(deps(), shopId, erasure)).toBe('done');
  });
});

describe('what is theirs is found', () => {
  it('an address however short', async () => {
    await tell(...bodiesOf({ ...shopper(), email: 'a@b.co' }));
    // The profile, the checkout and the order.
    expect(await lookFor('a@b.co')).toMatchObject({ hits: 3 });
    // Too short to be told from chance among bytes, and looked for where it stands alone.
    await askedAndClosed({ emails: ['a@b'] });
    expect(await lookFor('a@b')).toMatchObject({ hits: 1 });
  });

  it('anywhere in a text, by itself, and nowhere within another', async () => {
    const texts = ['*', '*.', '<*>', 'mailto:*?subject=Hello', 'Answer *, please', 'gid://shopify/Customer/*', '"*"'];
    for (const wanted of ['ann@example.com', 'zoë.ünal+x@example.com', '207119551']) {
      for (const text of texts) await askedAndClosed({ emails: [text.replace('*', wanted.toUpperCase())] });
      expect([wanted, (await lookFor(wanted)).hits]).toEqual([wanted, texts.length]);
    }
    for (const text of ['joann@example.org', 'mary.ann@example.org', 'mary-ann@example.org', 'ann@example.org.au'])
      await askedAndClosed({ emails: [text], orderIds: ['5307119551123', '3071195510', '1307119551'] });
    expect(await lookFor('ann@example.org', '307119551')).toMatchObject({ hits: 0 });
  });
});

describe('what is damaged and does not open', () => {
  it('in a stranger’s cart keeps nobody from being erased, and is told', async () => {
    const [ann, bo] = [shopper(), shopper()];
    await tell(...bodiesOf(bo));
    const [cart] = await world.superuser<{ id: string }>('SELECT id FROM app.carts WHERE shop_id = $1', [shopId]);
    await damage('app.cart_states', cart?.id ?? '');
    await tell(...bodiesOf(ann));
    const erasure = await erasureOf(ann);
    expect(await workErasure(deps(), shopId, erasure)).toBe('residue');
    expect((await inShop((tx) => readRequest(tx, shopId, erasure)))?.residue).toEqual(['app.cart_states.sealed']);
    expect(await lookFor(ann.email, ann.customerId)).toMatchObject({ places: [], hits: 0 });
    // Once it opens again, or is gone, the erasure ends.
    await damage('app.cart_states', cart?.id ?? '');
    expect(await workErasure(deps(), shopId, erasure)).toBe('done');
  });

  it('in another request keeps nobody from being erased, and is told', async () => {
    const ann = shopper();
    await tell(...bodiesOf(ann));
    await damage('app.privacy_requests', await askedAndClosed({ emails: ['someone@example.com'] }));
    const erasure = await erasureOf(ann);
    expect(await workErasure(deps(), shopId, erasure)).toBe('residue');
    expect((await inShop((tx) => readRequest(tx, shopId, erasure)))?.residue).toEqual(['app.privacy_requests.sealed']);
    expect(await lookFor(ann.customerId)).toMatchObject({ places: [] });
  });

  it('in their own profile and order goes with the rest', async () => {
    const ann = shopper();
    await tell(...bodiesOf(ann));
    for (const table of ['app.people', 'app.orders'] as const) {
      const [row] = await world.superuser<{ id: string }>(`SELECT id FROM ${table} WHERE shop_id = $1`, [shopId]);
      await damage(table, row?.id ?? '');
    }
    expect(await erase(ann)).toBe('done');
  });

  it('control: the request itself has to open, since nobody else is to be guessed', async () => {
    const ann = shopper();
    await tell(...bodiesOf(ann));
    const erasure = await erasureOf(ann);
    await damage('app.privacy_requests', erasure);
    await expect(workErasure(deps(), shopId, erasure)).rejects.toMatchObject({ code: 'vault.unopenable' });
  });
});

describe('a copy that is being made while its person is erased', () => {
  /** Does something between reading what goes into a copy and storing it, once. */
  const inBetween = (work: () => Promise<unknown>): typeof world.db => {
    let isDone = false;
    const watched = (tx: object) =>
      new Proxy(tx, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return async (...args: unknown[]): Promise<unknown> => {
            // Who looked is read last.
            if (!isDone && typeof args[0] === 'string' && args[0].includes('FROM app.access_records')) {
              isDone = true;
              await work();
            }
            return Reflect.apply(value, target, args) as unknown;
          };
        },
      });
    const prisma = new Proxy(world.db.prisma, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name !== '$transaction') return value;
        return (run: (tx: object) => unknown, options: object): unknown =>
          Reflect.apply(value as (...args: unknown[]) => unknown, target, [(tx: object) => run(watched(tx)), options]);
      },
    });
    return { ...world.db, prisma };
  };

  it('has nothing of them in it', async () => {
    const ann = shopper();
    await tell(...bodiesOf(ann));
    const copy = await ask('access', { customerIds: [ann.customerId], emails: [ann.email] });
    const erasure = await erasureOf(ann);
    // So late that the erasure waits for no copy.
    const late = () => new Date(Date.now() + 28 * 86_400_000);
    const outcomes: unknown[] = [];
    const db = inBetween(async () => outcomes.push(await workErasure({ ...deps(), clock: late }, shopId, erasure)));
    expect(await makePackage({ ...deps(), db }, shopId, copy)).toBe('made');
    expect(outcomes).toEqual(['done']);
    expect((await inShop((tx) => getCounts(tx, copy)))[0]?.counts).toMatchObject({ identity: 0, carts: 0, orders: 0 });
  });

  it('has nothing that waited in the inbox either', async () => {
    const ann = shopper();
    await tell(...bodiesOf(ann).filter(([topic]) => topic === 'customers/update'));
    const copy = await ask('access', { customerIds: [ann.customerId], emails: [ann.email] });
    const erasure = await erasureOf(ann);
    const late = () => new Date(Date.now() + 28 * 86_400_000);
    const db = inBetween(() => workErasure({ ...deps(), clock: late }, shopId, erasure));
    expect(await makePackage({ ...deps(), db }, shopId, copy)).toBe('made');
    const [made] = await inShop((tx) => getCounts(tx, copy));
    expect(made?.counts).not.toHaveProperty('waitingProfiles');
  });
});

const getCounts = (tx: SqlTx, requestId: string) =>
  tx.query<{ counts: object }>(
    'SELECT counts FROM app.access_packages WHERE shop_id = $1::uuid AND request_id = $2::uuid AND ended_at IS NULL',
    [shopId, requestId],
  );
