import { randomBytes, randomUUID } from 'node:crypto';

import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { poolConfig } from '#app/data/connection.ts';
import { ensureShop, withShop, withShopSql } from '#app/data/with-shop.ts';
import {
  listRequests,
  recordComplianceRequest,
  REQUEST_TOPICS,
  type RequestEvent,
  requestPlace,
} from '#app/privacy/requests.ts';
import { openJson } from '#app/vault/sealed-json.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const RECEIVED = new Date('2026-11-23T10:00:00Z');

let world: ShopWorld;
let pool: pg.Pool;
let shopId: string;

beforeAll(async () => {
  world = await openShopWorld();
  pool = new pg.Pool(poolConfig(world.database.url, 'ci_app', { applicationName: 'test', max: 2 }));
});
afterAll(async () => {
  await pool.end();
  await world.close();
});
beforeEach(async () => {
  shopId = await ensureShop(world.db, `clay-${randomUUID().slice(0, 8)}.myshopify.com`);
});

function event(change: Partial<RequestEvent> = {}): RequestEvent {
  return {
    topic: 'customers/redact',
    body: { customer: { id: '7204418805921', email: 'amina.okafor@example.com' }, orders_to_redact: ['6120884430913'] },
    receivedAt: RECEIVED,
    triggeredAt: new Date('2026-11-23T09:59:58Z'),
    webhookId: randomUUID(),
    row: { digest: randomBytes(16) },
    ...change,
  };
}

const record = (request: RequestEvent) =>
  withShopSql(pool, shopId, (tx) => recordComplianceRequest(tx, world.keyStore, shopId, request));
const list = () => withShop(world.db, shopId, (tx) => listRequests(tx, shopId));

describe('a request', () => {
  it.each(REQUEST_TOPICS)('%s is recorded with its clock', async (topic) => {
    expect(await record(event({ topic }))).toBe('recorded');
    expect(await list()).toMatchObject([
      { topic, state: 'received', held: true, receivedAt: RECEIVED, dueAt: new Date(RECEIVED.getTime() + 30 * DAY_MS) },
    ]);
  });

  it('is the same one under the same webhook id, and with the same content', async () => {
    const first = event();
    expect(await record(first)).toBe('recorded');
    expect(await record({ ...first, row: { digest: randomBytes(16) } })).toBe('duplicate');
    expect(await record({ ...first, webhookId: randomUUID() })).toBe('duplicate');
    expect(await list()).toHaveLength(1);
  });

  it('is another one with another content, without a webhook id, or of another topic', async () => {
    const first = event({ webhookId: null });
    await record(first);
    expect(await record(event({ webhookId: null }))).toBe('recorded');
    expect(await record({ ...first, topic: 'customers/data_request' })).toBe('recorded');
    expect(await list()).toHaveLength(3);
  });

  it('says whom it is about only to somebody with its own key', async () => {
    await record(event());
    const [row] = await world.superuser<{ id: string; sealed: Buffer }>(
      'SELECT id, sealed FROM app.privacy_requests WHERE shop_id = $1',
      [shopId],
    );
    if (row === undefined) throw new Error('not recorded');
    expect(row.sealed.includes('amina')).toBe(false);
    const keys = await withShopSql(pool, shopId, (tx) => world.keyStore.subjectKeys(tx, shopId, 'request', [row.id]));
    const key = keys.get(row.id);
    if (key === undefined) throw new Error('no key');
    expect(openJson(key.key, row.sealed, requestPlace(shopId, row.id))).toEqual({
      customerId: '7204418805921',
      email: 'amina.okafor@example.com',
      orderIds: ['6120884430913'],
      dataRequestId: null,
    });
  });

  it('of a deleted customer names the customer', async () => {
    await record(event({ topic: 'customers/delete', body: { id: '7204418805921' } }));
    const [row] = await world.superuser<{ sealed: Buffer | null }>(
      'SELECT sealed FROM app.privacy_requests WHERE shop_id = $1',
      [shopId],
    );
    expect(row?.sealed).not.toBeNull();
  });

  it('of a shop without keys holds nothing, and makes no keys', async () => {
    expect(await record(event({ body: null }))).toBe('recorded');
    expect(await list()).toMatchObject([{ held: false }]);
    const rows = await world.superuser('SELECT 1 FROM keys.shop_keys WHERE shop_id = $1', [shopId]);
    expect(rows).toEqual([]);
  });

  it('of another shop is neither listed nor recorded here', async () => {
    await record(event());
    const other = await ensureShop(world.db, `other-${randomUUID().slice(0, 8)}.myshopify.com`);
    expect(await withShop(world.db, other, (tx) => listRequests(tx, shopId))).toEqual([]);
    await expect(
      withShopSql(pool, other, (tx) => recordComplianceRequest(tx, world.keyStore, shopId, event())),
    ).rejects.toThrow();
  });
});
