/**
 * Rotation under load, killed in the middle: the small form of `npm run test:long -- rotation`, which takes 1,000 shops and
 * 100,000 values. The rotation runs as a process of its own and is ended by SIGKILL.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { personPlace } from '#app/customers/people-store.ts';
import { poolConfig } from '#app/data/connection.ts';
import { KeyStore } from '#app/data/keys.ts';
import { beginRotation } from '#app/data/rotation-progress.ts';
import { ensureShop, withShopSql } from '#app/data/with-shop.ts';
import { rotateEveryShop } from '#app/ops/keys/rotate-every-shop.ts';
import { inNoShop } from '#app/ops/keys/rotate-kek.ts';
import { bringUnderNewKeys, rotateShop } from '#app/ops/keys/rotate-shop.ts';
import { open, readHeader, seal } from '#app/vault/envelope.ts';
import { parseKeyring } from '#app/vault/keyring.ts';
import { openOpsDesk } from '#test/support/ops-context.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const SHOPS = Number(process.env['LONG_SEEDS'] ?? 6);
const PEOPLE = 100;
const PROGRAM = fileURLToPath(new URL('../support/rotate-keys.ts', import.meta.url));
const NOW = new Date('2026-11-20T10:00:00Z');
const keks = { old: randomBytes(32).toString('base64'), new: randomBytes(32).toString('base64') };
const DURING = `new:${keks.new},old:${keks.old}`;

let world: ShopWorld;
let pool: pg.Pool;
const shops: { shopId: string; people: string[] }[] = [];

beforeAll(async () => {
  world = await openShopWorld();
  pool = new pg.Pool(poolConfig(world.database.url, 'ci_app', { applicationName: 'test', max: 4 }));
  const keyStore = new KeyStore(parseKeyring(`old:${keks.old}`));
  for (let n = 0; n < SHOPS; n += 1) {
    const shopId = await ensureShop(world.db, `load-${String(n)}.myshopify.com`);
    const people = Array.from({ length: PEOPLE }, () => uuidv7());
    await withShopSql(pool, shopId, async (tx) => {
      const keys = await keyStore.createSubjectKeys(tx, shopId, 'person', people);
      await tx.query(
        `INSERT INTO app.people (shop_id, id, support_code, first_seen_at, sealed)
         SELECT $1, id, 'X', $4, sealed FROM unnest($2::uuid[], $3::bytea[]) AS new (id, sealed)`,
        [
          shopId,
          people,
          people.map((id) => seal(keys.get(id)!.key, Buffer.from(`person ${id}`), personPlace(shopId, id))),
          NOW,
        ],
      );
    });
    shops.push({ shopId, people });
  }
}, 1_800_000);

afterAll(async () => {
  await pool.end();
  await world.close();
});

/** One run of the program; killed after so long when asked to. @returns whether it came to its end. */
async function run(what: 'kek' | 'reencrypt', killAfterMs: number | null): Promise<boolean> {
  const env = { ...process.env, DATABASE_URL: world.database.url, CART_INSIGHTS_KEKS: DURING, ROTATE: what };
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const timer = killAfterMs === null ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  return code === 0;
}

it('fails no read, loses no write, and comes to its end', { timeout: 7_200_000 }, async () => {
  // Who reads and writes never restarts, as a program that hears no notice.
  const keyStore = new KeyStore(parseKeyring(DURING));
  const texts = new Map<string, string>();
  let isOver = false;
  let [reads, writes] = [0, 0];
  const failures: unknown[] = [];
  const some = () => {
    const shop = shops[Math.floor(Math.random() * shops.length)]!;
    return { shopId: shop.shopId, id: shop.people[Math.floor(Math.random() * PEOPLE)]! };
  };
  const read = async () => {
    while (!isOver) {
      const { shopId, id } = some();
      await withShopSql(pool, shopId, async (tx) => {
        const [row] = await tx.query<{ sealed: Buffer }>(
          'SELECT sealed FROM app.people WHERE shop_id = $1 AND id = $2',
          [shopId, id],
        );
        const key = (await keyStore.subjectKeys(tx, shopId, 'person', [id])).get(id);
        const text = open(key!.key, row!.sealed, personPlace(shopId, id)).toString();
        if (!text.startsWith(`person ${id}`)) failures.push('another text');
      }).catch((error: unknown) => failures.push(error));
      reads += 1;
    }
  };
  const write = async () => {
    while (!isOver) {
      const { shopId, id } = some();
      const text = `person ${id} ${String(writes)}`;
      await withShopSql(pool, shopId, async (tx) => {
        const key = (await keyStore.subjectKeys(tx, shopId, 'person', [id])).get(id);
        await tx.query('UPDATE app.people SET sealed = $3 WHERE shop_id = $1 AND id = $2', [
          shopId,
          id,
          seal(key!.key, Buffer.from(text), personPlace(shopId, id)),
        ]);
      }).catch((error: unknown) => failures.push(error));
      texts.set(id, text);
      writes += 1;
    }
  };
  const working = [read(), read(), write()];
  let kills = 0;
  try {
    for (const what of ['kek', 'reencrypt'] as const) {
      // Longer each time, so that it is cut off at many places, the first before it can have ended, and gets through in the end.
      for (let killAfterMs = 120; !(await run(what, killAfterMs)); killAfterMs = Math.round(killAfterMs * 1.6))
        kills += 1;
    }
  } finally {
    isOver = true;
    await Promise.all(working);
  }
  expect(failures).toEqual([]);
  expect(reads).toBeGreaterThan(20);
  expect(writes).toBeGreaterThan(10);
  expect(kills).toBeGreaterThan(0);

  const left = await world.superuser<{ kek_id: string }>('SELECT DISTINCT kek_id FROM keys.shop_keys');
  expect(left).toEqual([{ kek_id: 'new' }]);
  // A run that is killed after it wrote down its end is followed by a whole new round: then it is the third version, for all.
  const versions = await world.superuser<{ version: number }>('SELECT DISTINCT version FROM keys.subject_keys');
  expect(versions).toHaveLength(1);
  const version = versions[0]!.version;
  expect(version).toBeGreaterThanOrEqual(2);
  const after = new KeyStore(parseKeyring(`new:${keks.new}`));
  for (const { shopId, people } of shops) {
    await withShopSql(pool, shopId, async (tx) => {
      const rows = await tx.query<{ id: string; sealed: Buffer }>(
        'SELECT id, sealed FROM app.people WHERE shop_id = $1',
        [shopId],
      );
      const keys = await after.subjectKeys(tx, shopId, 'person', people);
      for (const { id, sealed } of rows) {
        expect(readHeader(sealed).version).toBe(version);
        const text = open(keys.get(id)!.key, sealed, personPlace(shopId, id)).toString();
        expect(text).toBe(texts.get(id) ?? `person ${id}`);
      }
    });
  }
  if (process.env['LONG_SEEDS'] !== undefined) {
    console.log(
      `${String(SHOPS)} shops, ${String(SHOPS * PEOPLE)} values; ${String(reads)} reads, ${String(writes)} writes, killed ${String(kills)} times`,
    );
  }
});

it('that was cut off goes on with the same round: what had ended is not begun anew', async () => {
  const keyring = parseKeyring(`new:${keks.new}`);
  const desk = openOpsDesk(world, { keyring, keyStore: new KeyStore(keyring) });
  const quick = { settleMs: 0 };
  const [ended, half] = shops.map(({ shopId }) => shopId) as [string, string];
  const versions = () =>
    world.superuser<{ version: number }>('SELECT DISTINCT version FROM keys.subject_keys ORDER BY version');
  try {
    const before = (await versions())[0]!.version;
    // As it stands when the run is killed after its first shop has ended.
    await inNoShop(desk.context, (tx) => beginRotation(tx, 'reencrypt:every-shop', 'shops'));
    await rotateShop(desk.context, ended, 'reencrypt', quick);
    await bringUnderNewKeys(desk.context, half, 'reencrypt', quick);
    const rotated = (await rotateEveryShop(desk.context, 'reencrypt', quick)).map(({ shopId }) => shopId);
    expect(new Set(rotated)).toEqual(new Set(shops.map(({ shopId }) => shopId).filter((id) => id !== ended)));
    expect(await versions()).toEqual([{ version: before + 1 }]);

    // That round has ended, so the next is a new one, for all of them.
    expect(await rotateEveryShop(desk.context, 'reencrypt', quick)).toHaveLength(shops.length);
    expect(await versions()).toEqual([{ version: before + 2 }]);
  } finally {
    await desk.close();
  }
});
