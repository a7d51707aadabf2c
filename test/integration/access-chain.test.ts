/** The access log as a chain: appended one by one, by one function, and never changed. */
import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { chainStart, type ChainRecord, recordHash } from '#app/access/log/chain.ts';
import { OPERATORS_CHAIN, writeOperatorRecord } from '#app/access/operator-record.ts';
import { type AccessRecordEntry, writeAccessRecord } from '#app/access/record.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { clearAccessLog, tamperAccessLog } from '#test/support/access-log.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

let world: ShopWorld;
let shopId: string;
let otherShopId: string;

beforeAll(async () => {
  world = await openShopWorld();
  shopId = await ensureShop(world.db, 'one.myshopify.com');
  otherShopId = await ensureShop(world.db, 'two.myshopify.com');
});
beforeEach(() => clearAccessLog(world));
afterAll(() => world.close());

const entry = (more: Partial<AccessRecordEntry> = {}): AccessRecordEntry => ({
  at: new Date('2026-11-26T12:34:56.789Z'),
  actor: 'staff:00112233445566778899aabbccddeeff',
  purpose: 'cart-activity',
  page: 'cart',
  fields: ['app.cart_states.sealed.lines'],
  subjects: [randomBytes(16)],
  valueCount: 3,
  requestId: 'request-1',
  ...more,
});

const write = (id: string, more: Partial<AccessRecordEntry> = {}) =>
  withShop(world.db, id, (tx) => writeAccessRecord(tx, id, entry(more)));
const chainOf = (id: string): Promise<ChainRecord[]> =>
  withShop(world.db, id, (tx) => tx.accessRecord.findMany({ where: { shopId: id }, orderBy: { seq: 'asc' } }));
const headOf = (id: string) => withShop(world.db, id, (tx) => tx.accessChain.findUnique({ where: { shopId: id } }));
const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');

describe('appending', () => {
  it('gives each record its number and hangs it on the one before, as verification computes it', async () => {
    await write(shopId);
    await write(shopId, { outcome: 'denied', reason: 'not-allowed', subjects: [], fields: [], valueCount: 0 });
    await write(shopId, {
      fields: ['a', '', 'bß€😀', 'ab', 'c'],
      subjects: [randomBytes(16), Buffer.alloc(0), randomBytes(3)],
      peopleCount: 2,
      at: new Date('1969-12-31T23:59:59.999Z'),
    });
    let last = chainStart(shopId);
    const records = await chainOf(shopId);
    expect(records.map(({ seq }) => seq)).toEqual([1n, 2n, 3n]);
    for (const record of records) {
      expect(hex(record.previousHash)).toBe(hex(last.hash));
      expect(hex(record.hash)).toBe(recordHash(record).toString('hex'));
      last = record;
    }
    expect(await headOf(shopId)).toMatchObject({ seq: 3n, hash: last.hash });
  });

  it('keeps a chain of its own for every shop', async () => {
    await write(shopId);
    await write(otherShopId);
    const [[mine], [theirs]] = [await chainOf(shopId), await chainOf(otherShopId)];
    expect([mine?.seq, theirs?.seq]).toEqual([1n, 1n]);
    expect(hex(mine?.previousHash)).not.toBe(hex(theirs?.previousHash));
  });

  it('loses nothing and forks nothing when many append at once', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, n) => write(n % 3 === 0 ? otherShopId : shopId)));
    for (const [id, count] of [
      [shopId, 40],
      [otherShopId, 20],
    ] as const) {
      const records = await chainOf(id);
      expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: count }, (_, n) => BigInt(n + 1)));
      let last = hex(chainStart(id).hash);
      for (const record of records) {
        expect(hex(record.previousHash)).toBe(last);
        last = hex(record.hash);
      }
    }
  });

  it('leaves no gap when a transaction is rolled back', async () => {
    await write(shopId);
    const failing = withShop(world.db, shopId, async (tx) => {
      await writeAccessRecord(tx, shopId, entry());
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await write(shopId);
    expect((await chainOf(shopId)).map(({ seq }) => seq)).toEqual([1n, 2n]);
  });

  it('refuses another shop than the transaction’s, reasons that are texts, and outcomes that are none', async () => {
    const wrongShop = withShop(world.db, shopId, (tx) => writeAccessRecord(tx, otherShopId, entry()));
    await expect(wrongShop).rejects.toThrow();
    await expect(write(shopId, { reason: 'because Ann Smith asked' })).rejects.toThrow();
    await expect(write(shopId, { outcome: 'whatever' as 'opened' })).rejects.toThrow();
    expect(await chainOf(shopId)).toEqual([]);
    expect(await chainOf(otherShopId)).toEqual([]);
  });
});

describe('the operators’ chain', () => {
  it('is one of its own that says which shop a command was about, and no shop sees it', async () => {
    await writeOperatorRecord(world.db, { ...entry(), actor: 'operator:root', page: 'ops keys:status' });
    await writeOperatorRecord(world.db, { ...entry(), actor: 'operator:root', page: 'ops x', aboutShop: shopId });
    const records = await chainOf(OPERATORS_CHAIN);
    expect(records.map(({ seq, aboutShop }) => [seq, aboutShop])).toEqual([
      [1n, null],
      [2n, shopId],
    ]);
    for (const record of records) expect(hex(record.hash)).toBe(recordHash(record).toString('hex'));
    expect(await withShop(world.db, shopId, (tx) => tx.accessRecord.findMany())).toEqual([]);
  });
});

describe('what was recorded', () => {
  const ATTEMPTS = [
    'INSERT INTO app.access_records SELECT * FROM app.access_records',
    'UPDATE app.access_records SET page = page',
    'DELETE FROM app.access_records',
    'TRUNCATE app.access_records',
    'UPDATE app.access_chains SET seq = seq + 1',
    'UPDATE app.access_chains SET seq = seq - 1',
    'DELETE FROM app.access_chains',
    'TRUNCATE app.access_chains',
    'UPDATE app.access_checkpoints SET seq = 0',
    'DELETE FROM app.access_checkpoints',
    'TRUNCATE app.access_checkpoints',
  ];

  beforeEach(async () => {
    await write(shopId);
    await withShop(world.db, shopId, (tx) =>
      tx.accessCheckpoint.create({
        data: { shopId, kind: 'checkpoint', seq: 1n, hash: new Uint8Array(32), madeAt: new Date(), note: 'x' },
      }),
    );
  });

  const runAs = (role: string, sql: string) =>
    world.superuser(`DO $$ BEGIN
      PERFORM set_config('app.shop', '${shopId}', true);
      SET LOCAL ROLE ${role};
      ${sql};
    END $$`);

  it.each(ATTEMPTS)('cannot be changed by a program: %s', async (sql) => {
    await expect(runAs('ci_app', sql)).rejects.toThrow(/permission denied/);
  });

  it.each(ATTEMPTS.slice(1))('nor by the owner of the tables: %s', async (sql) => {
    await expect(runAs('ci_owner', sql)).rejects.toThrow(/stay as they are|only grows|append-only/);
  });

  it.each(ATTEMPTS.slice(1))('nor by a superuser in passing, or one who plays the replica: %s', async (sql) => {
    await expect(world.superuser(sql)).rejects.toThrow(/stay as they are|only grows|append-only/);
    const asReplica = `DO $$ BEGIN SET LOCAL session_replication_role = replica; ${sql}; END $$`;
    await expect(world.superuser(asReplica)).rejects.toThrow(/stay as they are|only grows|append-only/);
  });

  it('control: a superuser who turns the guards off can', async () => {
    await tamperAccessLog(world, "UPDATE app.access_records SET page = 'another'");
    const [record] = await chainOf(shopId);
    expect(record?.page).toBe('another');
    expect(hex(record?.hash)).not.toBe(record === undefined ? '' : recordHash(record).toString('hex'));
  });
});
