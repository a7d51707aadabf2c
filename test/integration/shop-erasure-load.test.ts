/**
 * A large shop is erased while others shop: nothing of theirs changes, and their webhooks are acknowledged as before. The small
 * form of `npm run test:long -- shop-erasure`, which takes 100,000 carts and says how long an acknowledgement took, with
 * the same load alone and beside the erasure. Edge, worker and load are processes of their own, as in production.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

import { QUEUES } from '#app/jobs/definitions.ts';
import { readyLoad } from '#test/bench/load/generator.ts';
import type { LoadResult, LoadSpec } from '#test/bench/load/load.ts';
import { BENCH_SECRET, domainOf, type LoadPlan, stateOf } from '#test/bench/load/plan.ts';
import { quantile } from '#test/bench/measure/stats.ts';
import { addShops } from '#test/bench/world/shops.ts';
import { delivered, signatureOf } from '#test/support/ingest-world.ts';
import { fillLargeShop } from '#test/support/large-shop.ts';
import {
  createDatabase,
  createTemplate,
  findFreePort,
  type PostgresServer,
  startPostgres,
  type TestDatabase,
} from '#test/support/postgres.ts';
import { digestsOfRows, rowsLeftOf } from '#test/support/rows-of-shops.ts';

const isLong = process.env['LONG_SEEDS'] !== undefined;
const CARTS = isLong ? Number(process.env['LONG_SEEDS']) : 2_000;
/** One of them sends nothing while the large one is erased. */
const OTHERS = 4;
const LARGE = domainOf(OTHERS);
const UPDATES = 3;
const PER_SECOND = 60;
/** Of one piece of the load. */
const COUNT = isLong ? 1_800 : 180;
const PROGRAM = (name: string) => fileURLToPath(new URL(`../../app/${name}.ts`, import.meta.url));

const keks = `test:${randomBytes(32).toString('base64')}`;
const programs: ChildProcess[] = [];
let output = '';
let server: PostgresServer | null = null;
let database: TestDatabase;
let pool: pg.Pool;
let port: number;
let others: string[];
let largeId: string;

beforeAll(async () => {
  // What is measured is measured on disk.
  server = isLong ? await startPostgres({ settings: { shared_buffers: '1GB', max_wal_size: '4GB' } }) : null;
  database = await createDatabase(server === null ? inject('postgres') : await createTemplate(server, QUEUES));
  pool = new pg.Pool({ connectionString: database.superuserUrl, max: 4 });
  const shops = await addShops(superuser, OTHERS + 1);
  [others, largeId] = [shops.slice(0, OTHERS), shops[OTHERS] ?? ''];
  port = await findFreePort();
  for (const name of ['edge', 'worker']) {
    const program = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM(name)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        DATABASE_URL: database.url,
        CART_INSIGHTS_KEKS: keks,
        SHOPIFY_API_KEY: 'load-key',
        SHOPIFY_API_SECRET: BENCH_SECRET,
        SHOPIFY_APP_URL: 'https://app.example',
        EDGE_PORT: String(port),
      },
    });
    for (const stream of [program.stdout, program.stderr])
      stream.on('data', (text: Buffer) => (output += String(text)));
    programs.push(program);
  }
  await until(async () => output.includes('edge.listening') && output.includes('worker.started'));
  await fillLargeShop({ superuser }, largeId, CARTS);
  await superuser('ANALYZE');
}, 3_600_000);

afterAll(async () => {
  for (const program of programs) {
    if (program.exitCode !== null) continue;
    program.kill('SIGTERM');
    await once(program, 'exit');
  }
  await pool.end();
  await database.drop();
  await server?.stop();
});

async function superuser<Row extends pg.QueryResultRow>(sql: string, params: unknown[] = []): Promise<Row[]> {
  return (await pool.query<Row>(sql, params)).rows;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    for (const { exitCode } of programs) if (exitCode !== null) throw new Error(output);
    await sleep(20);
  }
}

const untilApplied = () =>
  until(async () => (await superuser('SELECT FROM inbox.events WHERE pending LIMIT 1')).length === 0);

/** A piece of the load; which shops send it is decided by how many there are in the plan. */
function specOf(name: string, shopCount: number, boughtShare: number): LoadSpec {
  const plan: LoadPlan = { name, shopCount, updatesPerCart: UPDATES, baseMs: Date.now(), boughtShare };
  return { plan, port, connections: 16, count: COUNT, ratePerSecond: PER_SECOND, graceMs: 120_000 };
}

/** Sends one, and again until all of it was acknowledged, as Shopify does. @returns what became of it at first. */
async function send(spec: LoadSpec): Promise<LoadResult> {
  const first = await (await readyLoad(spec)).go();
  const waiting = new Set([...first.statuses.keys()].filter((at) => first.statuses[at] !== 200));
  while (waiting.size > 0) {
    await sleep(100);
    const { statuses } = await (await readyLoad(spec)).go();
    for (const at of waiting) if (statuses[at] === 200) waiting.delete(at);
  }
  return first;
}

function report(name: string, results: readonly LoadResult[]): void {
  const latencies = results.flatMap(({ statuses, latenciesMs }) =>
    [...latenciesMs].filter((_, at) => statuses[at] === 200),
  );
  const refused = results.flatMap(({ statuses }) => [...statuses].filter((status) => status !== 200)).length;
  const [p50 = '', p99 = '', slowest = ''] = [0.5, 0.99, 1].map((share) => quantile(latencies, share).toFixed(1));
  console.log(
    `${name}: ${String(latencies.length)} acknowledged, ${String(refused)} refused; p50 ${p50} ms, p99 ${p99} ms, slowest ${slowest} ms`,
  );
}

async function tell(topic: string, path: string, payload: object): Promise<void> {
  const body = JSON.stringify(payload);
  const status = await delivered(`http://127.0.0.1:${String(port)}${path}`, {
    method: 'POST',
    body,
    headers: {
      'x-shopify-topic': topic,
      'x-shopify-shop-domain': LARGE,
      'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': randomUUID(),
      'x-shopify-triggered-at': new Date().toISOString(),
      'x-shopify-hmac-sha256': signatureOf(body, BENCH_SECRET),
    },
  });
  expect([topic, status]).toEqual([topic, 200]);
}

it('a large shop goes, and the others notice nothing', { timeout: 7_200_000 }, async () => {
  const alone: LoadResult[] = [];
  // The first piece also brings people, checkouts and orders, which the erasure might touch.
  await send(specOf('first', OTHERS, 0.4));
  if (isLong) for (const name of ['a1', 'a2']) alone.push(await send(specOf(name, OTHERS - 1, 0)));
  await untilApplied();
  const before = await digestsOfRows({ superuser }, others);
  const cartsBefore = await superuser<{ id: string }>('SELECT id FROM app.carts WHERE shop_id = ANY ($1)', [others]);

  const beside: LoadResult[] = [];
  const specs: LoadSpec[] = [];
  const startedAt = Date.now();
  let erased: Record<string, number> = {};
  const ends = async () => {
    const [request] = await superuser<{ state: string; counts: Record<string, number> | null }>(
      `SELECT r.state, (SELECT counts FROM app.erasure_runs u WHERE u.request_id = r.id) AS counts
       FROM app.privacy_requests r WHERE r.shop_id = $1 AND r.kind = 'shop-erasure'`,
      [largeId],
    );
    erased = request?.counts ?? {};
    return request?.state === 'done';
  };
  const erasure = { isDone: false };
  const loading = (async () => {
    do {
      const spec = specOf(`b${String(specs.length)}`, OTHERS - 1, 0);
      specs.push(spec);
      beside.push(await send(spec));
      if (isLong)
        console.log(
          `${String(Math.round((Date.now() - startedAt) / 1000))} s: erased so far ${JSON.stringify(erased)}`,
        );
    } while (!erasure.isDone);
  })();
  await tell('app/uninstalled', '/webhooks/app', { myshopify_domain: LARGE });
  await tell('shop/redact', '/webhooks/compliance', { shop_domain: LARGE });
  await until(ends);
  erasure.isDone = true;
  const tookMs = Date.now() - startedAt;
  await loading;
  await untilApplied();

  if (isLong) {
    report(`${String(PER_SECOND)} webhooks a second alone`, alone);
    report('The same beside the erasure', beside);
    console.log(`${String(CARTS)} carts erased in ${(tookMs / 1000).toFixed(1)} s`);
  }

  expect(await rowsLeftOf({ superuser }, largeId)).toEqual({
    'app.erasure_receipts': 1,
    'app.erasure_runs': 1,
    'app.privacy_request_steps': 3,
    'app.privacy_requests': 1,
    'inbox.events': 2,
  });
  expect(erased).toMatchObject({
    'keys.subject_keys': (CARTS * 11) / 5,
    'app.carts': CARTS,
    'app.cart_states': CARTS * 2,
    'app.people': CARTS / 2,
    'app.checkouts': (CARTS * 2) / 5,
    'app.orders': (CARTS * 3) / 10,
    'inbox.events': CARTS / 4,
  });
  const after = await digestsOfRows({ superuser }, others);
  const gone = [...before].filter((row) => !after.has(row));
  // These two go on as long as a shop does: when it was last heard of, and the end of its access log.
  expect(gone.filter((row) => !/^app\.(shop_activity|access_chains) /.test(row))).toEqual([]);

  // What came meanwhile became what it would have become without.
  const arrived = await superuser<{ cart: string }>(
    `SELECT concat_ws(' ', s.domain, (extract(epoch FROM c.last_changed_at) * 1000)::bigint, c.item_count, c.line_count, c.value_minor,
       (SELECT count(*) FROM app.cart_states t WHERE t.shop_id = c.shop_id AND t.cart_id = c.id)) AS cart
     FROM app.carts c JOIN app.shops s ON s.id = c.shop_id WHERE c.id <> ALL ($1::uuid[])`,
    [cartsBefore.map(({ id }) => id)],
  );
  const sent = specs.flatMap(({ plan }) =>
    Array.from({ length: COUNT / UPDATES }, (_, cart) => {
      const { domain, changedAtMs, itemCount, lineCount, valueMinor } = stateOf(plan, cart * UPDATES + UPDATES - 1);
      return [domain, changedAtMs, itemCount, lineCount, valueMinor, UPDATES].join(' ');
    }),
  );
  expect(arrived.map(({ cart }) => cart).sort()).toEqual(sent.sort());
});
