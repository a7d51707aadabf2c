import { randomBytes, randomUUID } from 'node:crypto';

import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { poolConfig } from '#app/data/connection.ts';
import { ensureShop, withShopSql } from '#app/data/with-shop.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { REQUEST_TOPICS } from '#app/privacy/requests/kinds.ts';
import {
  extendRequest,
  finishRequest,
  leaveResidue,
  type Mover,
  pauseRequest,
  refuseRequest,
  resumeRequest,
  startRequest,
  supersedeRequest,
} from '#app/privacy/requests/move.ts';
import { listRequests, readRequest } from '#app/privacy/requests/read.ts';
import { recordComplianceRequest, type RequestEvent } from '#app/privacy/requests/record.ts';
import { readSteps } from '#app/privacy/requests/steps.ts';
import { NOBODY, parseSubject, requestPlace } from '#app/privacy/requests/subject.ts';
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
const list = () => withShopSql(pool, shopId, (tx) => listRequests(tx, shopId));

describe('a request', () => {
  it.each(REQUEST_TOPICS)('%s is recorded with its clock', async (topic) => {
    expect(await record(event({ topic }))).not.toBeNull();
    expect(await list()).toMatchObject([
      { topic, state: 'received', held: true, receivedAt: RECEIVED, dueAt: new Date(RECEIVED.getTime() + 30 * DAY_MS) },
    ]);
  });

  it('is the same one under the same webhook id, and with the same content', async () => {
    const first = event();
    expect(await record(first)).not.toBeNull();
    expect(await record({ ...first, row: { digest: randomBytes(16) } })).toBeNull();
    expect(await record({ ...first, webhookId: randomUUID() })).toBeNull();
    expect(await list()).toHaveLength(1);
  });

  it('is another one with another content, without a webhook id, or of another topic', async () => {
    const first = event({ webhookId: null });
    await record(first);
    expect(await record(event({ webhookId: null }))).not.toBeNull();
    expect(await record({ ...first, topic: 'customers/data_request' })).not.toBeNull();
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
      customerIds: ['7204418805921'],
      emails: ['amina.okafor@example.com'],
      orderIds: ['6120884430913'],
      personIds: [],
      cartIds: [],
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
    expect(await record(event({ body: null }))).not.toBeNull();
    expect(await list()).toMatchObject([{ held: false }]);
    const rows = await world.superuser('SELECT 1 FROM keys.shop_keys WHERE shop_id = $1', [shopId]);
    expect(rows).toEqual([]);
  });

  it('of another shop is neither listed nor recorded here', async () => {
    await record(event());
    const other = await ensureShop(world.db, `other-${randomUUID().slice(0, 8)}.myshopify.com`);
    expect(await withShopSql(pool, other, (tx) => listRequests(tx, shopId))).toEqual([]);
    await expect(
      withShopSql(pool, other, (tx) => recordComplianceRequest(tx, world.keyStore, shopId, event())),
    ).rejects.toThrow();
  });
});

const JOB: Mover = { actor: 'system:requests', at: new Date('2026-11-24T10:00:00Z') };
const STAFF: Mover = { actor: 'staff:1', at: new Date('2026-11-25T10:00:00Z') };
const inShop = <T>(work: Parameters<typeof withShopSql<T>>[2]) => withShopSql(pool, shopId, work);
const start = (kind: 'erasure' | 'access', regime: 'gdpr' | 'ccpa' = 'gdpr') =>
  inShop((tx) =>
    createRequest(tx, world.keyStore, shopId, {
      kind,
      source: 'merchant',
      regime,
      scope: kind === 'access' ? 'last-12-months' : null,
      subject: { ...NOBODY, emails: ['amina.okafor@example.com'] },
      receivedAt: RECEIVED,
      actor: 'staff:1',
    }),
  );
const read = async (id: string) => {
  const request = await inShop((tx) => readRequest(tx, shopId, id));
  if (request === null) throw new Error('no request');
  return request;
};

describe('the life of a request', () => {
  it('begins with staff, too, under the rule they name', async () => {
    const id = await start('access', 'ccpa');
    expect(await read(id)).toMatchObject({
      kind: 'access',
      source: 'merchant',
      regime: 'ccpa',
      scope: 'last-12-months',
      state: 'received',
      topic: null,
      dueAt: new Date('2027-01-07T10:00:00Z'),
    });
  });

  it('goes from receipt through work to the end, and its history tells it', async () => {
    const id = await start('erasure');
    expect(await inShop((tx) => startRequest(tx, shopId, id, JOB))).toBe('moved');
    expect(await inShop((tx) => leaveResidue(tx, shopId, id, ['app.people.sealed'], JOB))).toBe('moved');
    expect(await read(id)).toMatchObject({ state: 'residue', residue: ['app.people.sealed'], finishedAt: null });
    expect(await inShop((tx) => startRequest(tx, shopId, id, JOB))).toBe('moved');
    expect(await inShop((tx) => finishRequest(tx, shopId, id, JOB))).toBe('moved');
    expect(await read(id)).toMatchObject({ state: 'done', residue: [], startedAt: JOB.at, finishedAt: JOB.at });
    const steps = await inShop((tx) => readSteps(tx, shopId, id));
    expect(steps.map(({ step }) => step)).toEqual(['received', 'started', 'residue', 'started', 'done']);
    expect(await inShop((tx) => startRequest(tx, shopId, id, JOB))).toBe('not-allowed');
  });

  it('begins once: a job that is run again takes it up', async () => {
    const id = await start('erasure');
    await inShop((tx) => startRequest(tx, shopId, id, JOB));
    expect(await inShop((tx) => startRequest(tx, shopId, id, STAFF))).toBe('moved');
    expect(await inShop((tx) => readSteps(tx, shopId, id))).toHaveLength(2);
  });

  it('stands still for doubt about who asks, and has that much longer', async () => {
    const id = await start('access');
    const { dueAt } = await read(id);
    expect(await inShop((tx) => pauseRequest(tx, shopId, id, 'identity', JOB))).toBe('moved');
    expect(await read(id)).toMatchObject({ state: 'paused', pauseGround: 'identity' });
    expect(await inShop((tx) => resumeRequest(tx, shopId, id, STAFF))).toBe('moved');
    expect(await read(id)).toMatchObject({
      state: 'received',
      pausedAt: null,
      dueAt: new Date(dueAt.getTime() + DAY_MS),
    });
  });

  it('is extended once, on a named ground, and never for Shopify', async () => {
    const id = await start('erasure');
    expect(await inShop((tx) => extendRequest(tx, shopId, id, 'complexity', STAFF))).toBe('moved');
    expect(await read(id)).toMatchObject({ dueAt: new Date('2027-02-23T10:00:00Z'), extensionGround: 'complexity' });
    expect(await inShop((tx) => extendRequest(tx, shopId, id, 'complexity', STAFF))).toBe('not-allowed');
    const ofShopify = (await record(event())) ?? '';
    expect(await inShop((tx) => extendRequest(tx, shopId, ofShopify, 'complexity', STAFF))).toBe('not-allowed');
  });

  it('of Shopify is held on the ground of a law only, and never refused', async () => {
    const id = (await record(event())) ?? '';
    expect(await inShop((tx) => pauseRequest(tx, shopId, id, 'identity', STAFF))).toBe('not-allowed');
    expect(await inShop((tx) => refuseRequest(tx, shopId, id, 'unfounded', STAFF))).toBe('not-allowed');
    expect(await inShop((tx) => pauseRequest(tx, shopId, id, 'legal-obligation', STAFF))).toBe('moved');
    await inShop((tx) => resumeRequest(tx, shopId, id, { ...STAFF, at: new Date('2026-12-01T10:00:00Z') }));
    expect(await read(id)).toMatchObject({ dueAt: new Date(RECEIVED.getTime() + 30 * DAY_MS) });
  });

  it('of a merchant is refused by name, and superseded visibly', async () => {
    const refused = await start('access');
    expect(await inShop((tx) => refuseRequest(tx, shopId, refused, 'not-identified', STAFF))).toBe('moved');
    expect(await read(refused)).toMatchObject({ state: 'refused', closingGround: 'not-identified' });
    const superseded = await start('access');
    await inShop((tx) => supersedeRequest(tx, shopId, superseded, 'erased-meanwhile', JOB));
    expect(await read(superseded)).toMatchObject({ state: 'superseded', closingGround: 'erased-meanwhile' });
  });

  it('is not rewritten: what was asked stays, and so does its history', async () => {
    const id = await start('access');
    const update = (set: string) =>
      inShop((tx) => tx.query(`UPDATE app.privacy_requests SET ${set} WHERE id = '${id}'`));
    await expect(update(`received_at = now()`)).rejects.toThrow(/permission denied/);
    await expect(update(`kind = 'erasure'`)).rejects.toThrow(/permission denied/);
    await expect(update(`state = 'done'`)).rejects.toThrow(/privacy_requests_closed/);
    await expect(inShop((tx) => tx.query(`UPDATE app.privacy_request_steps SET actor = ''`))).rejects.toThrow();
    // Retention may remove what has had its two years, and nothing before: a deletion finds no row.
    const steps = () => inShop((tx) => tx.query('SELECT 1 AS one FROM app.privacy_request_steps'));
    const before = await steps();
    await inShop((tx) => tx.query('DELETE FROM app.privacy_request_steps'));
    expect(before.length).toBeGreaterThan(0);
    expect(await steps()).toEqual(before);
  });

  it('reads subjects as the first release wrote them, and widens nothing it does not know', () => {
    expect(parseSubject({ customerId: '1', email: 'a@example.com', orderIds: ['2'] })).toEqual({
      ...NOBODY,
      customerIds: ['1'],
      emails: ['a@example.com'],
      orderIds: ['2'],
    });
    expect(parseSubject({ customerIds: [null, undefined, '', 7], emails: 'x' })).toEqual(NOBODY);
    expect(parseSubject(null)).toEqual(NOBODY);
  });
});
