import { createServer } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEdgeProgram, type EdgeProgram } from '#app/ingest/edge/program.ts';
import { type Serving, serve } from '#app/web/serve.ts';
import { startWorkerProgram } from '#app/worker/program.ts';
import { driveLoad } from '#test/bench/load/drive.ts';
import { type LoadResult, type LoadSpec, prepareLoad } from '#test/bench/load/load.ts';
import { BENCH_SECRET, type LoadPlan } from '#test/bench/load/plan.ts';
import { GateError } from '#test/bench/row.ts';
import { type InboxWorld, outcomeOf, requireCarts, requireInbox } from '#test/bench/world/oracle.ts';
import { addShops } from '#test/bench/world/shops.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

/** The benchmark's load in its short form: what became of it, not how long it took. */
const EVENTS = 1_500;
const SHOPS = 4;

let world: ShopWorld;
let edge: EdgeProgram;
let serving: Serving;
let worker: { stop: () => Promise<void> };
let inbox: InboxWorld;

beforeAll(async () => {
  world = await openShopWorld();
  const { keyring, log, database } = world;
  const query: InboxWorld['query'] = (sql, params) => world.superuser(sql, params);
  const options = { databaseUrl: database.url, keyring, log };
  const shopIds = await addShops(query, SHOPS);
  edge = await createEdgeProgram({ ...options, apiSecret: BENCH_SECRET });
  serving = await serve(edge.handle, { host: '127.0.0.1', port: 0 }, createServer());
  const shopify = { apiKey: 'load-key', apiSecret: BENCH_SECRET };
  worker = await startWorkerProgram({ ...options, shopify });
  inbox = { keyring, shopIds, query };
});

afterAll(async () => {
  await serving.stop(1_000);
  await edge.close();
  await worker.stop();
  await world.close();
});

const plan: LoadPlan = {
  name: 'lt',
  shopCount: SHOPS,
  updatesPerCart: 5,
  baseMs: Date.now(),
  duplicateEvery: 4,
  isShuffled: true,
};
let spec: LoadSpec;
let result: LoadResult;

describe('a load of doubled and shuffled webhooks on 64 connections', () => {
  it('is acknowledged to the last delivery', async () => {
    spec = { plan, port: serving.port, connections: 64, count: EVENTS, durationMs: 60_000 };
    // What the edge had no time for is delivered again, as by Shopify, until all of it is taken.
    do result = await driveLoad(prepareLoad(spec));
    while (result.statuses.includes(503));
    expect(result.sent).toBe(EVENTS * 1.25);
    expect(result.statuses.every((status) => status === 200)).toBe(true);
  });

  it('lies in the inbox once for each webhook, and nothing else does', async () => {
    expect(await requireInbox(inbox, spec, result)).toBe(EVENTS);
  });

  it('becomes the carts and the history that one delivery in order would have made', async () => {
    const pending = () => world.superuser('SELECT 1 FROM inbox.events WHERE pending LIMIT 1');
    await expect.poll(pending).toEqual([]);
    await requireCarts(inbox, plan, outcomeOf(spec, result).acknowledged);
  });

  it('would be found out had one webhook been lost, or one cart been wrong', async () => {
    await world.superuser(
      'UPDATE app.carts SET item_count = item_count + 1 WHERE id = (SELECT min(id::text) FROM app.carts)::uuid',
    );
    await expect(requireCarts(inbox, plan, outcomeOf(spec, result).acknowledged)).rejects.toThrow(GateError);
    await world.superuser('DELETE FROM inbox.events WHERE digest = (SELECT min(digest) FROM inbox.events)');
    await expect(requireInbox(inbox, spec, result)).rejects.toThrow('1 acknowledged webhooks are not in the inbox');
  });
});
