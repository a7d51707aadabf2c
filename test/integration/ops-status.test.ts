/** What an operator is told of everything at once, and when the command says that somebody is needed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OPERATORS_CHAIN } from '#app/access/operator-record.ts';
import { statusCommand } from '#app/ops/status.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';
import { openOpsDesk } from '#test/support/ops-context.ts';

const SHOP = 'watched.myshopify.com';
const DAY_MS = 86_400_000;

let world: IngestWorld;
let shopId: string;

beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
  await world.addShop('quiet.myshopify.com');
});
afterAll(() => world.close());

async function status(inMs = 0) {
  const desk = openOpsDesk(world, { now: () => new Date(Date.now() + inMs) });
  try {
    const { data, lines, exitCode } = await statusCommand.run(desk.context, [], {});
    return { ...(data as { isWell: boolean; shopCount: number; shops: unknown[]; jobs: unknown[] }), lines, exitCode };
  } finally {
    await desk.close();
  }
}

const cart = (token: string) =>
  JSON.stringify({ token, line_items: [{ quantity: 1, title: token, price: '1.00' }], updated_at: new Date() });

async function postCart(token: string): Promise<void> {
  expect(await world.post({ shop: SHOP, topic: 'carts/create', body: cart(token) })).toBe(200);
}

describe('status', () => {
  it('says nothing of shops where nothing is, ends with 0, and is on record', async () => {
    expect(await status()).toMatchObject({ isWell: true, exitCode: 0, shopCount: 2, shops: [], jobs: [] });
    const records = await world.superuser<{ outcome: string }>(
      `SELECT outcome FROM app.access_records WHERE shop_id = $1 AND page = 'ops status' ORDER BY seq`,
      [OPERATORS_CHAIN],
    );
    expect(records.map(({ outcome }) => outcome)).toEqual(['started', 'done']);
  });

  it('bears with webhooks that wait for a moment, and not with those that wait for minutes', async () => {
    await postCart('waiting-canary');
    const now = await status();
    expect(now).toMatchObject({ isWell: true, exitCode: 0, shops: [{ shopId, waiting: 1 }] });
    const later = await status(6 * 60_000);
    expect(later).toMatchObject({ isWell: false, exitCode: 1 });
    expect(JSON.stringify([now, later])).not.toContain('canary');
    await world.apply(shopId);
    expect(await status(6 * 60_000)).toMatchObject({ isWell: true, shops: [] });
  });

  it('counts dead letters until they are replayed', async () => {
    await postCart('dead');
    await world.superuser(`UPDATE inbox.events SET pending = false, failure_code = 'error.Test' WHERE pending`);
    expect(await status()).toMatchObject({ exitCode: 1, shops: [{ shopId, waiting: 0, deadLetters: 1 }] });
    await world.superuser(`UPDATE inbox.events SET pending = true, failure_code = NULL WHERE failure_code IS NOT NULL`);
    await world.apply(shopId);
    expect(await status()).toMatchObject({ exitCode: 0 });
  });

  it('tells a request by law that is open from one that is overdue', async () => {
    const body = JSON.stringify({
      shop_domain: SHOP,
      customer: { id: 7, email: 'a@example.com' },
      orders_requested: [],
    });
    expect(await world.post({ shop: SHOP, topic: 'customers/data_request', body })).toBe(200);
    await world.apply(shopId);
    const open = { shopId, openRequests: 1 };
    expect(await status()).toMatchObject({ exitCode: 0, shops: [{ ...open, overdueRequests: 0 }] });
    expect(await status(60 * DAY_MS)).toMatchObject({ exitCode: 1, shops: [{ ...open, overdueRequests: 1 }] });
  });

  it('tells of jobs that nobody takes, and of those that were given up', async () => {
    const add = (state: string, more: string) =>
      world.superuser(
        `INSERT INTO pgboss.job (name, policy, state, start_after, completed_on) VALUES ('inbox.days', 'standard', '${state}', ${more})`,
      );
    await add('created', 'now(), NULL');
    expect(await status()).toMatchObject({ exitCode: 0, jobs: [{ job: 'inbox.days', waiting: 1, failed: 0 }] });
    expect(await status(6 * 60_000)).toMatchObject({ exitCode: 1 });
    await world.superuser('DELETE FROM pgboss.job');
    await add('failed', `now(), now() - interval '2 days'`);
    expect(await status()).toMatchObject({ exitCode: 0, jobs: [] });
    await add('failed', 'now(), now()');
    expect(await status()).toMatchObject({ exitCode: 1, jobs: [{ job: 'inbox.days', waiting: 0, failed: 1 }] });
  });
});
