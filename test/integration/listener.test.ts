/** Listening to the database: what is told is heard, and after a lost connection listening begins anew and says so. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { poolConfig } from '#app/data/connection.ts';
import { Listener } from '#app/data/listener.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const NAME = 'test listener';
const TIMEOUT = { timeout: 120_000, interval: 20 };
let world: ShopWorld;

beforeAll(async () => {
  world = await openShopWorld();
});
afterAll(() => world.close());

const config = () => poolConfig(world.database.url, 'ci_app', { applicationName: NAME });
const tell = (channel: string, payload: string) => world.superuser('SELECT pg_notify($1, $2)', [channel, payload]);
const connections = () =>
  world.superuser<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()',
    [NAME],
  );

it('hears its channels, and hears them again after the connection was lost', async () => {
  const heard: string[] = [];
  let begun = 0;
  let lost = 0;
  const listener = new Listener({
    config: config(),
    channels: ['ci_keys', 'ci_shops'],
    onNotice: (channel, payload) => heard.push(`${channel} ${payload}`),
    onListening: () => {
      begun += 1;
    },
    onLost: () => {
      lost += 1;
    },
  });
  await listener.start();
  try {
    expect(begun).toBe(1);
    await tell('ci_keys', 'a');
    await tell('ci_inbox', 'nobody listens to this');
    await tell('ci_shops', 'b');
    await vi.waitFor(() => expect(heard).toEqual(['ci_keys a', 'ci_shops b']), TIMEOUT);

    for (const { pid } of await connections()) await world.superuser('SELECT pg_terminate_backend($1)', [pid]);
    await vi.waitFor(() => expect(begun).toBe(2), TIMEOUT);
    expect(lost).toBeGreaterThan(0);
    await tell('ci_keys', 'c');
    await vi.waitFor(() => expect(heard.at(-1)).toBe('ci_keys c'), TIMEOUT);
  } finally {
    await listener.stop();
  }
  await vi.waitFor(async () => expect(await connections()).toEqual([]), TIMEOUT);
});

it('does not count as listening before what depends on it was read', async () => {
  let fails = true;
  let tries = 0;
  const listener = new Listener({
    config: config(),
    channels: ['ci_keys'],
    onNotice: () => undefined,
    onListening: () => {
      tries += 1;
      if (fails) throw new Error('not read');
    },
    onLost: () => undefined,
  });
  await expect(listener.start()).rejects.toThrow('not read');
  await vi.waitFor(async () => expect(await connections()).toEqual([]), TIMEOUT);
  fails = false;
  await listener.start();
  try {
    // Lost, and what has to be read cannot be: it is tried until it can.
    fails = true;
    for (const { pid } of await connections()) await world.superuser('SELECT pg_terminate_backend($1)', [pid]);
    await vi.waitFor(() => expect(tries).toBeGreaterThan(3), TIMEOUT);
    fails = false;
    await vi.waitFor(async () => expect(await connections()).toHaveLength(1), TIMEOUT);
  } finally {
    await listener.stop();
  }
});
