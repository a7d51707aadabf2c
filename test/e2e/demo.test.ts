import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { removeData } from '#test/demo/database.ts';
import { commandLineOf } from '#test/demo/processes.ts';
import { readState, stateFile, type DemoState } from '#test/demo/state.ts';

let directory = '';
let demo: ChildProcess;
let output = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ci-demo-'));
  const args = ['--fresh', '--shoppers', '2', '--dir', directory];
  demo = spawn(process.execPath, ['test/setup/ensure.mjs', 'test/demo.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // As at a terminal: what the test runner has put into the environment changes builds.
    env: { NODE_ENV: 'development', PATH: process.env.PATH, HOME: process.env.HOME },
  });
  for (const stream of [demo.stdout, demo.stderr]) stream?.on('data', (text: Buffer) => (output += text.toString()));
  await vi.waitUntil(() => existsSync(stateFile(directory)) || demo.exitCode !== null, { timeout: 500_000 });
  if (demo.exitCode !== null) throw new Error(output);
});

afterAll(async () => {
  if (demo.exitCode === null) {
    demo.kill('SIGTERM');
    await once(demo, 'exit');
  }
  await removeData(directory);
  await rm(directory, { recursive: true, force: true });
});

test('a webhook posted to the demo becomes a cart, and Ctrl-C leaves nothing behind', async () => {
  const state = readState(directory);
  expect(state).not.toBeNull();
  if (state === null) return;
  // The state file is written a moment before the address is printed, and the pipe has its own time.
  await vi.waitFor(() => expect(output).toContain(state.adminUrl), { timeout: 90_000 });
  expect(Object.keys(state.pids).sort()).toEqual(['edge', 'postgres', 'standIn', 'web', 'worker']);
  expect(state.logFiles.every((file) => existsSync(file))).toBe(true);
  expect((await fetch(state.adminUrl)).status).toBe(200);

  const quantity = randomInt(10_000, 90_000);
  expect(await postCart(state, quantity, 'wrong secret')).toBe(401);
  expect(await postCart(state, quantity, state.apiSecret)).toBe(200);
  await vi.waitUntil(async () => (await countCarts(state, quantity)) === 1, { timeout: 90_000, interval: 100 });

  const killed = state.pids['edge'] ?? 0;
  process.kill(killed, 'SIGKILL');
  await vi.waitUntil(() => ![killed, undefined].includes(readState(directory)?.pids['edge']), { timeout: 90_000 });
  const { pids } = readState(directory) ?? state;

  // As by Ctrl-C at a terminal, where it arrives twice.
  demo.kill('SIGINT');
  demo.kill('SIGINT');
  await once(demo, 'exit');
  expect(demo.exitCode).toBe(0);
  for (const [name, pid] of Object.entries(pids)) expect(commandLineOf(pid), name).toBe('');
  for (const url of [state.adminUrl, state.appUrl, state.webhookUrl]) await expect(fetch(url)).rejects.toThrow();
  expect(existsSync(stateFile(directory))).toBe(false);
});

async function postCart({ webhookUrl, shop }: DemoState, quantity: number, secret: string): Promise<number> {
  const now = new Date().toISOString();
  const body = JSON.stringify({
    token: randomUUID(),
    created_at: now,
    updated_at: now,
    line_items: [{ variant_id: 1, product_id: 1, title: 'A thing', quantity, price: '1.00', line_price: '1.00' }],
  });
  const response = await fetch(`${webhookUrl}/webhooks/carts`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': 'carts/create',
      'x-shopify-shop-domain': shop,
      'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': randomUUID(),
      'x-shopify-triggered-at': now,
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
    },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

async function countCarts({ databaseUrl }: DemoState, quantity: number): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM app.carts WHERE item_count = $1',
      [quantity],
    );
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}
