import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { checkoutPlace, statePlace } from '#app/carts/places.ts';
import { personPlace } from '#app/customers/people-store.ts';
import { poolConfig } from '#app/data/connection.ts';
import { checkKeyring } from '#app/data/kek-check.ts';
import { destroyKeysOf } from '#app/data/destroy-keys.ts';
import { KeyStore } from '#app/data/keys.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import type { DatabaseRole } from '#app/data/roles.ts';
import { signingKey } from '#app/data/signing-key.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { ensureShop, withShop, withShopSql } from '#app/data/with-shop.ts';
import { type DayKeyRow, InboxDayKeys } from '#app/ingest/day-keys.ts';
import { openDays } from '#app/ingest/days.ts';
import type { OpsContext } from '#app/ops/command.ts';
import { keysStatusCommand, rotateKekCommand } from '#app/ops/keys/commands.ts';
import { rotateKek } from '#app/ops/keys/rotate-kek.ts';
import { bringUnderNewKeys, retireOldKeys, rotateShop } from '#app/ops/keys/rotate-shop.ts';
import { sealedColumns } from '#app/ops/keys/sealed-columns.ts';
import { open, readHeader, seal } from '#app/vault/envelope.ts';
import type { Place } from '#app/vault/place.ts';
import { parseKeyring } from '#app/vault/keyring.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const oldKey = randomBytes(32).toString('base64');
const newKey = randomBytes(32).toString('base64');
const before = parseKeyring(`old:${oldKey}`);
const during = parseKeyring(`new:${newKey},old:${oldKey}`);
const after = parseKeyring(`new:${newKey}`);

let world: ShopWorld;
let pools: Map<DatabaseRole, pg.Pool>;
let shopNumber = 0;

beforeAll(async () => {
  world = await openShopWorld();
  pools = new Map();
});
afterAll(async () => {
  await Promise.all([...pools.values()].map((pool) => pool.end()));
  await world.close();
});

function pool(role: DatabaseRole): pg.Pool {
  const opened =
    pools.get(role) ?? new pg.Pool(poolConfig(world.database.url, role, { applicationName: 'test', max: 3 }));
  pools.set(role, opened);
  return opened;
}

function context(keyring = during): OpsContext {
  return {
    db: world.db,
    keyring,
    keyStore: new KeyStore(keyring),
    pool,
    deployPool: () => pool('ci_app'),
    scanPaths: [],
    backupDays: null,
    now: () => new Date(),
    operator: 'tester',
    readInput: async () => '',
    progress: () => undefined,
  };
}

/** Something sealed, somewhere in the shop: what a reader would read. */
interface Sealed {
  readonly scope: SubjectScope;
  readonly id: string;
  readonly place: Place;
  readonly select: string;
  readonly text: string;
}

const inShop = <T>(shopId: string, work: (tx: SqlTx) => Promise<T>) =>
  withShop(world.db, shopId, (tx) => work(sqlTxOfPrisma(tx)));

/** A shop with people, a cart with states, a checkout and a session; `count` people. */
async function makeShop(keyStore: KeyStore, count: number): Promise<{ shopId: string; sealed: Sealed[] }> {
  shopNumber += 1;
  const shopId = await ensureShop(world.db, `rotation-${String(shopNumber)}.myshopify.com`);
  const sealed: Sealed[] = [];
  await withShopSql(pool('ci_app'), shopId, async (tx) => {
    const keysOf = async (scope: SubjectScope, ids: string[]) => keyStore.createSubjectKeys(tx, shopId, scope, ids);
    const people = Array.from({ length: count }, () => uuidv7());
    for (const [id, { key }] of await keysOf('person', people)) {
      const text = `person ${id}`;
      const place = personPlace(shopId, id);
      await tx.query(
        `INSERT INTO app.people (shop_id, id, support_code, first_seen_at, sealed) VALUES ($1, $2, 'X', $3, $4)`,
        [shopId, id, NOW, seal(key, Buffer.from(text), place)],
      );
      sealed.push({
        scope: 'person',
        id,
        place,
        text,
        select: 'SELECT sealed FROM app.people WHERE shop_id = $1 AND id = $2',
      });
    }
    const cart = uuidv7();
    await tx.query(
      'INSERT INTO app.carts (shop_id, id, token_ref, started_at, last_changed_at) VALUES ($1, $2, $3, $4, $4)',
      [shopId, cart, randomBytes(16), NOW],
    );
    const cartKey = (await keysOf('cart', [cart])).get(cart)!.key;
    for (const minute of [1, 2, 3]) {
      const changedAt = new Date(NOW.getTime() + minute * 60_000);
      const digest = randomBytes(16);
      const place = statePlace(shopId, cart, changedAt, digest);
      const text = `state ${String(minute)}`;
      await tx.query(
        `INSERT INTO app.cart_states (shop_id, cart_id, changed_at, triggered_at, digest, received_at, item_count, line_count, sealed)
         VALUES ($1, $2, $3, $3, $4, $3, 1, 1, $5)`,
        [shopId, cart, changedAt, digest, seal(cartKey, Buffer.from(text), place)],
      );
      const select = `SELECT sealed FROM app.cart_states WHERE shop_id = $1 AND cart_id = $2 AND changed_at = '${changedAt.toISOString()}'`;
      sealed.push({ scope: 'cart', id: cart, place, text, select });
    }
    const checkout = uuidv7();
    const place = checkoutPlace(shopId, checkout);
    await tx.query(
      'INSERT INTO app.checkouts (shop_id, id, token_ref, started_at, changed_at, sealed) VALUES ($1, $2, $3, $4, $4, $5)',
      [
        shopId,
        checkout,
        randomBytes(16),
        NOW,
        seal((await keysOf('checkout', [checkout])).get(checkout)!.key, Buffer.from('checkout'), place),
      ],
    );
    const select = 'SELECT sealed FROM app.checkouts WHERE shop_id = $1 AND id = $2';
    sealed.push({ scope: 'checkout', id: checkout, place, text: 'checkout', select });
    const { enc } = await keyStore.shopKeys(tx, shopId);
    const sessionPlace = { shop: shopId, table: 'sessions', column: 'sealed', row: 'offline' };
    await tx.query(
      `INSERT INTO app.sessions (shop_id, id, is_online, sealed, updated_at) VALUES ($1, 'offline', false, $2, $3)`,
      [shopId, seal(enc, Buffer.from('token'), sessionPlace), NOW],
    );
  });
  return { shopId, sealed };
}

/** Reads and opens as the pages do: the value first, then the keys. Null when the key is gone. */
async function readOne(keyStore: KeyStore, shopId: string, one: Sealed): Promise<string | null> {
  return withShopSql(pool('ci_app'), shopId, async (tx) => {
    const [row] = await tx.query<{ sealed: Buffer }>(one.select, [shopId, one.id]);
    const key = (await keyStore.subjectKeys(tx, shopId, one.scope, [one.id])).get(one.id);
    return row === undefined || key === undefined ? null : open(key.key, row.sealed, one.place).toString();
  });
}

async function readSession(keyStore: KeyStore, shopId: string): Promise<string> {
  return withShopSql(pool('ci_app'), shopId, async (tx) => {
    const [row] = await tx.query<{ sealed: Buffer }>('SELECT sealed FROM app.sessions WHERE shop_id = $1', [shopId]);
    const { enc } = await keyStore.shopKeysFor(tx, shopId, [row!.sealed]);
    const place = { shop: shopId, table: 'sessions', column: 'sealed', row: 'offline' };
    return open(enc, row!.sealed, place).toString();
  });
}

async function everythingOpens(keyStore: KeyStore, shopId: string, sealed: readonly Sealed[]): Promise<void> {
  for (const one of sealed) expect(await readOne(keyStore, shopId, one)).toBe(one.text);
  expect(await readSession(keyStore, shopId)).toBe('token');
}

const versionsOf = async (shopId: string) => {
  const rows = await world.superuser<{ sealed: Buffer }>(
    `SELECT sealed FROM app.people WHERE shop_id = $1 UNION ALL SELECT sealed FROM app.cart_states WHERE shop_id = $1
     UNION ALL SELECT sealed FROM app.checkouts WHERE shop_id = $1`,
    [shopId],
  );
  return new Set(rows.map(({ sealed }) => readHeader(sealed).version));
};

describe('rotating the key-encryption key', () => {
  let shops: { shopId: string; sealed: Sealed[] }[];
  beforeEach(async () => {
    await world.superuser('DELETE FROM keys.rotations');
    await world.superuser('DELETE FROM keys.subject_keys');
    await world.superuser('DELETE FROM keys.shop_keys');
    await world.superuser('DELETE FROM keys.signing_keys');
    await world.superuser('DELETE FROM keys.inbox_days');
    await checkKeyring(pool('ci_app'), before);
    shops = [];
    for (let n = 0; n < 3; n += 1) shops.push(await makeShop(new KeyStore(before), 1));
    await openDays((sql, params) => pool('ci_maintenance').query(sql, [...params]), before, new Date());
    await inShop(shops[0]!.shopId, (tx) => signingKey(tx, before));
  });

  it('brings everything under the primary, so that the old one is needed no more', async () => {
    const signedBy = await inShop(shops[0]!.shopId, (tx) => signingKey(tx, before));
    const rotation = await rotateKek(context(), false);
    expect(rotation).toMatchObject({ primary: 'new', left: [] });
    // Four keys of each shop, ten days, one signing key.
    expect(rotation.rewrapped).toBe(3 * 4 + 10 + 1);
    for (const { shopId, sealed } of shops) await everythingOpens(new KeyStore(after), shopId, sealed);
    const days = new InboxDayKeys(async (sql) => (await pool('ci_maintenance').query<DayKeyRow>(sql)).rows, after);
    await days.load();
    const again = await inShop(shops[0]!.shopId, (tx) => signingKey(tx, after));
    expect(again.keyId).toBe(signedBy.keyId);
    expect((await rotateKek(context(), false)).rewrapped).toBe(0);
    expect((await rotateKek(context(), true)).rewrapped).toBe(3 * 4 + 10 + 1);
  });

  it('goes on where it was cut off', async () => {
    let left = 2;
    const failing = {
      ...during,
      wrap: (...args: Parameters<typeof during.wrap>) => {
        if (args[1].purpose === 'enc' && (left -= 1) < 0) return Promise.reject(new Error('cut off'));
        return during.wrap(...args);
      },
    };
    await expect(rotateKek(context(failing), false)).rejects.toThrow('cut off');
    const wrapped = await world.superuser<{ kek_id: string; count: string }>(
      'SELECT kek_id, count(*) FROM keys.shop_keys GROUP BY 1 ORDER BY 1',
    );
    expect(wrapped.map((row) => [row.kek_id, Number(row.count)])).toEqual([
      ['new', 8],
      ['old', 4],
    ]);
    for (const { shopId, sealed } of shops) await everythingOpens(new KeyStore(during), shopId, sealed);
    const rest = await rotateKek(context(), false);
    expect(rest.rewrapped).toBe(4 + 10 + 1);
    expect(await world.superuser('SELECT done, finished_at IS NOT NULL AS over FROM keys.rotations')).toEqual([
      { done: 3 * 4 + 10 + 1, over: true },
    ]);
  });

  it('leaves a key that was destroyed meanwhile destroyed', async () => {
    const { shopId } = shops[0]!;
    const slow = {
      ...during,
      wrap: async (...args: Parameters<typeof during.wrap>) => {
        await world.superuser('DELETE FROM keys.shop_keys WHERE shop_id = $1', [shopId]);
        return during.wrap(...args);
      },
    };
    await rotateKek(context(slow), false);
    expect(await world.superuser('SELECT FROM keys.shop_keys WHERE shop_id = $1', [shopId])).toEqual([]);
  });

  it('a start that was refused uses up no name of a key', async () => {
    const mistaken = parseKeyring(`mistaken:${randomBytes(32).toString('base64')}`);
    await expect(checkKeyring(pool('ci_app'), mistaken)).rejects.toMatchObject({ code: 'vault.bad-keyring' });
    expect(await world.superuser(`SELECT FROM keys.kek_checks WHERE kek_id = 'mistaken'`)).toEqual([]);
  });

  it('a program does not start without a key that is still needed, and does once it is not', async () => {
    await expect(checkKeyring(pool('ci_app'), after)).rejects.toMatchObject({
      code: 'vault.bad-keyring',
      message: 'the key "old" is missing, and 12 shop keys, 10 days and 1 signing keys need it',
    });
    await rotateKek(context(), false);
    await checkKeyring(pool('ci_app'), after);
  });

  it('is told of by the command, which says what is left, and leaves a record', async () => {
    const answer = await rotateKekCommand.run(context(), [], {});
    expect(answer.exitCode).toBe(0);
    expect(answer.lines.join('\n')).toContain('23 keys of');
    const late = await ensureShop(world.db, 'late.myshopify.com');
    await inShop(late, (tx) => new KeyStore(before).shopKeys(tx, late));
    const status = await keysStatusCommand.run(context(), [], {});
    expect(status.lines[0]).toContain('new  settings  12 shop keys, 10 days, 1 signing keys  primary');
    expect(status.lines[1]).toContain('old  settings  4 shop keys, 0 days, 0 signing keys  still needed');
    const records = await world.superuser<{ page: string; outcome: string }>(
      `SELECT page, outcome FROM app.access_records WHERE page LIKE 'ops keys:%' ORDER BY seq`,
    );
    expect(records.slice(0, 2)).toEqual([
      { page: 'ops keys:rotate-kek', outcome: 'started' },
      { page: 'ops keys:rotate-kek', outcome: 'done' },
    ]);
  });
});

describe('rotating the keys of a shop', () => {
  const keyring = () => context(world.keyring);
  const quick = { settleMs: 0, batch: 3 };

  it('gives the shop a new key and destroys the old one', async () => {
    const { shopId, sealed } = await makeShop(world.keyStore, 7);
    const other = await makeShop(world.keyStore, 1);
    const rotation = await rotateShop(keyring(), shopId, 'shop', quick);
    // Nine subjects and a session.
    expect(rotation).toEqual({ shopId, done: 10, unopenable: 0 });
    const keys = await world.superuser('SELECT version FROM keys.shop_keys WHERE shop_id = $1 AND purpose = $2', [
      shopId,
      'enc',
    ]);
    expect(keys).toEqual([{ version: 2 }]);
    expect(await versionsOf(shopId)).toEqual(new Set([1]));
    await everythingOpens(new KeyStore(world.keyring), shopId, sealed);
    // A program that has not heard of it finds the new version when it needs it.
    await everythingOpens(world.keyStore, shopId, sealed);
    await everythingOpens(world.keyStore, other.shopId, other.sealed);
    const again = await rotateShop(keyring(), shopId, 'shop', quick);
    expect(again.done).toBe(10);
    await everythingOpens(world.keyStore, shopId, sealed);
  });

  it('gives everybody new keys, keeps pseudonyms, and what was sealed before opens no more', async () => {
    const { shopId, sealed } = await makeShop(world.keyStore, 7);
    const selectKeys = `SELECT scope, subject_id, version, encode(pseudonym, 'hex') AS pseudonym FROM keys.subject_keys
      WHERE shop_id = $1 ORDER BY scope, subject_id, version`;
    const keysBefore = await world.superuser<{ version: number }>(selectKeys, [shopId]);
    const saved = await world.superuser<{ sealed: Buffer }>(sealed[0]!.select, [shopId, sealed[0]!.id]);
    const rotation = await rotateShop(keyring(), shopId, 'reencrypt', quick);
    // Nine keys; seven people, three states, a checkout, a session.
    expect(rotation).toEqual({ shopId, done: 9 + 7 + 3 + 1 + 1, unopenable: 0 });
    expect(await versionsOf(shopId)).toEqual(new Set([2]));
    expect(await world.superuser(selectKeys, [shopId])).toEqual(keysBefore.map((row) => ({ ...row, version: 2 })));
    await everythingOpens(new KeyStore(world.keyring), shopId, sealed);
    await inShop(shopId, async (tx) => {
      const key = (await world.keyStore.subjectKeys(tx, shopId, 'person', [sealed[0]!.id])).get(sealed[0]!.id)!;
      expect(() => open(key.key, saved[0]!.sealed, sealed[0]!.place)).toThrow('vault.unopenable');
    });
  });

  it('never touches the keys of look-ups and pseudonyms', async () => {
    const { shopId } = await makeShop(world.keyStore, 1);
    const select = `SELECT purpose, version, encode(wrapped, 'hex') AS wrapped FROM keys.shop_keys
      WHERE shop_id = $1 AND purpose <> 'enc' ORDER BY 1`;
    const keysBefore = await world.superuser(select, [shopId]);
    await rotateShop(keyring(), shopId, 'reencrypt', quick);
    expect(await world.superuser(select, [shopId])).toEqual(keysBefore);
  });

  it('fails no read and loses no write meanwhile', { timeout: 120_000 }, async () => {
    const { shopId, sealed } = await makeShop(world.keyStore, 60);
    const people = sealed.filter(({ scope }) => scope === 'person');
    const texts = new Map(people.map(({ id, text }) => [id, text]));
    // Three programs: one that hears of nothing, one whose memory is always empty, one that writes.
    const programs = [new KeyStore(world.keyring), new KeyStore(world.keyring)] as const;
    let isOver = false;
    let reads = 0;
    let writes = 0;
    const readAll = async (keyStore: KeyStore, forgets: boolean) => {
      while (!isOver) {
        if (forgets) keyStore.forgetAll();
        const one = sealed[reads % sealed.length]!;
        const read = await readOne(keyStore, shopId, one);
        if (!texts.has(one.id)) expect(read).toBe(one.text);
        else expect(read).toMatch(new RegExp(`^person ${one.id}`));
        reads += 1;
      }
    };
    const write = async () => {
      const keyStore = new KeyStore(world.keyring);
      while (!isOver) {
        const one = people[writes % people.length]!;
        const text = `person ${one.id} ${String(writes)}`;
        await withShopSql(pool('ci_app'), shopId, async (tx) => {
          const key = (await keyStore.subjectKeys(tx, shopId, 'person', [one.id])).get(one.id)!;
          await tx.query('UPDATE app.people SET sealed = $3 WHERE shop_id = $1 AND id = $2', [
            shopId,
            one.id,
            seal(key.key, Buffer.from(text), one.place),
          ]);
        });
        texts.set(one.id, text);
        writes += 1;
      }
    };
    const working = Promise.all([readAll(programs[0], false), readAll(programs[1], true), write()]);
    try {
      await bringUnderNewKeys(keyring(), shopId, 'reencrypt', { batch: 5 });
      await retireOldKeys(keyring(), shopId, 'reencrypt', { settleMs: 1_500, batch: 5 });
      // Some of them after it, however slow the machine is.
      const [readsBefore, writesBefore] = [reads, writes];
      while (reads < readsBefore + 50 || writes < writesBefore + 20) await Promise.race([working, sleep(20)]);
    } finally {
      isOver = true;
    }
    await working;
    expect(reads).toBeGreaterThan(50);
    expect(writes).toBeGreaterThan(20);
    expect(await versionsOf(shopId)).toEqual(new Set([2]));
    for (const [id, text] of texts) {
      expect(await readOne(world.keyStore, shopId, { ...people.find((one) => one.id === id)!, text })).toBe(text);
    }
  });

  it.each(Array.from({ length: 12 }, (_, n) => n))(
    'cut off before its %i. transaction, it goes on and ends alike',
    async (cut) => {
      const { shopId, sealed } = await makeShop(world.keyStore, 4);
      let left = cut;
      const cutting: OpsContext = {
        ...keyring(),
        pool: (role) => {
          if ((left -= 1) < 0) throw new Error('cut off');
          return pool(role);
        },
      };
      await expect(rotateShop(cutting, shopId, 'reencrypt', quick)).rejects.toThrow('cut off');
      await everythingOpens(new KeyStore(world.keyring), shopId, sealed);
      await rotateShop(keyring(), shopId, 'reencrypt', quick);
      await everythingOpens(new KeyStore(world.keyring), shopId, sealed);
      const versions = await world.superuser<{ version: number }>(
        'SELECT DISTINCT version FROM keys.subject_keys WHERE shop_id = $1',
        [shopId],
      );
      expect(versions).toEqual([{ version: 2 }]);
      expect(await versionsOf(shopId)).toEqual(new Set([2]));
    },
  );

  it('leaves who was erased meanwhile erased', async () => {
    const { shopId, sealed } = await makeShop(world.keyStore, 3);
    const [gone] = sealed as [Sealed];
    await bringUnderNewKeys(keyring(), shopId, 'reencrypt', quick);
    await inShop(shopId, (tx) => destroyKeysOf(tx, shopId, [{ scope: 'person', ids: [gone.id] }]));
    expect(await retireOldKeys(keyring(), shopId, 'reencrypt', quick)).toMatchObject({ unopenable: 0 });
    expect(await readOne(world.keyStore, shopId, gone)).toBeNull();
    await everythingOpens(world.keyStore, shopId, sealed.slice(1));
  });

  it('keeps the old keys when something does not open, and says so', async () => {
    const { shopId, sealed } = await makeShop(world.keyStore, 3);
    await world.superuser(
      `UPDATE app.people SET sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1) WHERE shop_id = $1 AND id = $2`,
      [shopId, sealed[0]!.id],
    );
    const rotation = await rotateShop(keyring(), shopId, 'reencrypt', quick);
    expect(rotation.unopenable).toBe(1);
    const keys = await world.superuser<{ count: number }>(
      'SELECT count(*)::int FROM keys.subject_keys WHERE shop_id = $1 AND version = 1',
      [shopId],
    );
    expect(keys[0]?.count).toBe(5);
    await everythingOpens(world.keyStore, shopId, sealed.slice(1));
  });
});

describe('the list of sealed columns', () => {
  it('has every column that the registry calls sealed, and each may be sealed anew', async () => {
    const shopId = await ensureShop(world.db, 'columns.myshopify.com');
    const columns = await withShopSql(pool('ci_app'), shopId, (tx) => sealedColumns(tx));
    const rows = await world.superuser<{ name: string; may: boolean }>(
      `SELECT table_schema || '.' || table_name || '.' || column_name AS name,
         has_column_privilege('ci_app', table_schema || '.' || table_name, column_name, 'UPDATE') AS may
       FROM information_schema.columns
       WHERE table_schema = 'app' AND data_type = 'bytea' AND column_name LIKE '%sealed%' ORDER BY 1`,
    );
    expect(columns.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(rows.map(({ name }) => name));
    expect(rows.filter(({ may }) => !may)).toEqual([]);
  });

  it('an acceptance of the agreement can have its seal renewed and nothing else', async () => {
    const shopId = await ensureShop(world.db, 'acceptance.myshopify.com');
    const id = uuidv7();
    const place = { shop: shopId, table: 'agreement_acceptances', column: 'sealed', row: id };
    const context_ = context(world.keyring);
    const { enc } = await inShop(shopId, (tx) => world.keyStore.shopKeys(tx, shopId));
    const sealed = seal(enc, Buffer.from('signer'), place);
    await world.superuser(
      `INSERT INTO app.agreement_acceptances (shop_id, id, epoch, version, sha256, accepted_at, signer_role, sealed)
       VALUES ($1, $2, 1, '1', '\\x00', now(), 'account-owner', $3)`,
      [shopId, id, sealed],
    );
    const setSeal = (bytes: Buffer) =>
      withShopSql(pool('ci_app'), shopId, (tx) =>
        tx.query('UPDATE app.agreement_acceptances SET sealed = $2 WHERE shop_id = $1', [shopId, bytes]),
      );
    const refused = 'a seal may only be renewed under a newer key';
    await expect(setSeal(seal(enc, Buffer.from('forger'), place))).rejects.toThrow(refused);
    await expect(setSeal(seal({ ...enc, version: 2 }, Buffer.from('x'), place))).rejects.toThrow(refused);
    await expect(setSeal(seal({ ...enc, version: 2, scope: 'cart' }, Buffer.from('signer'), place))).rejects.toThrow(
      refused,
    );
    await rotateShop(context_, shopId, 'shop', { settleMs: 0 });
    const [row] = await world.superuser<{ sealed: Buffer }>(
      'SELECT sealed FROM app.agreement_acceptances WHERE id = $1',
      [id],
    );
    const keys = await inShop(shopId, (tx) => new KeyStore(world.keyring).shopKeys(tx, shopId));
    expect(readHeader(row!.sealed).version).toBe(2);
    expect(open(keys.enc, row!.sealed, place).toString()).toBe('signer');
    await expect(setSeal(sealed)).rejects.toThrow(refused);
  });

  it('a run and a copy keep their seals until they end: not exchanged, not taken away before, not put back', async () => {
    const shopId = await ensureShop(world.db, 'erasing.myshopify.com');
    const [requestId, packageId] = [uuidv7(), uuidv7()];
    const key = await inShop(shopId, async (tx) => {
      await world.keyStore.shopKeys(tx, shopId);
      return (await world.keyStore.createSubjectKeys(tx, shopId, 'request', [requestId])).get(requestId)!.key;
    });
    const place = { shop: shopId, table: 'any', column: 'sealed', row: requestId };
    const sealed = seal(key, Buffer.from('whom'), place);
    const newer = { ...key, version: key.version + 1 };
    await world.superuser(
      `WITH request AS (
         INSERT INTO app.privacy_requests (shop_id, id, kind, source, regime, epoch, received_at, due_at, held, state)
         VALUES ($1, $2, 'erasure', 'merchant', 'gdpr', 1, now(), now(), true, 'received') RETURNING id),
       run AS (INSERT INTO app.erasure_runs (shop_id, request_id, erased_at, counts, sealed) VALUES ($1, $2, now(), '{}', $4))
       INSERT INTO app.access_packages (shop_id, id, request_id, made_at, expires_at, counts, names_staff, subject_ids, sealed)
       SELECT $1, $3, id, now(), now() + interval '7 days', '{}', false, '{}', $4 FROM request`,
      [shopId, requestId, packageId, sealed],
    );
    const inState = (state: string) =>
      world.superuser(
        `UPDATE app.privacy_requests SET state = $2, finished_at = CASE $2 WHEN 'done' THEN now() END WHERE shop_id = $1`,
        [shopId, state],
      );
    const set = (table: string, columns: string, bytes: Buffer | null) =>
      withShopSql(pool('ci_app'), shopId, (tx) =>
        tx.query(`UPDATE ${table} SET sealed = $2${columns} WHERE shop_id = $1`, [shopId, bytes]),
      );
    const another = seal(key, Buffer.from('else'), place);
    for (const table of ['app.erasure_runs', 'app.access_packages']) {
      for (const bytes of [
        another,
        seal({ ...newer, scope: 'cart' }, Buffer.from('whom'), place),
        Buffer.alloc(0),
        null,
      ]) {
        await expect(set(table, '', bytes)).rejects.toThrow(/^the seal of a (run|copy) may only be renewed/);
      }
      // The control: what a rotation does.
      await set(table, '', seal(newer, Buffer.from('whom'), place));
    }
    // A run that is repeated writes what it looks for anew; one that is done lets it go, and has none again.
    await inState('working');
    await set('app.erasure_runs', '', another);
    await inState('done');
    await set('app.erasure_runs', '', null);
    await expect(set('app.erasure_runs', '', another)).rejects.toThrow('may only be renewed');
    await inState('working');
    await expect(set('app.erasure_runs', '', another)).rejects.toThrow('may only be renewed');

    await set('app.access_packages', `, ended_at = now(), end_reason = 'fetched'`, null);
    await expect(set('app.access_packages', '', another)).rejects.toThrow('may only be renewed');
  });

  it('a request can have its seal renewed and nothing else: not exchanged, not taken away, not put where none was', async () => {
    const shopId = await ensureShop(world.db, 'asked.myshopify.com');
    const [id, empty] = [uuidv7(), uuidv7()];
    const place = { shop: shopId, table: 'privacy_requests', column: 'sealed', row: id };
    const key = await inShop(shopId, async (tx) => {
      await world.keyStore.shopKeys(tx, shopId);
      return (await world.keyStore.createSubjectKeys(tx, shopId, 'request', [id])).get(id)!.key;
    });
    const sealed = seal(key, Buffer.from('subject'), place);
    for (const [row, value] of [
      [id, sealed],
      [empty, null],
    ] as const) {
      await world.superuser(
        `INSERT INTO app.privacy_requests (shop_id, id, kind, source, regime, epoch, received_at, due_at, held, sealed)
         VALUES ($1, $2, 'erasure', 'merchant', 'gdpr', 1, now(), now(), $4, $3)`,
        [shopId, row, value, value !== null],
      );
    }
    const setSeal = (row: string, bytes: Buffer | null) =>
      withShopSql(pool('ci_app'), shopId, (tx) =>
        tx.query('UPDATE app.privacy_requests SET sealed = $3 WHERE shop_id = $1 AND id = $2', [shopId, row, bytes]),
      );
    const refused = 'a seal may only be renewed under a newer key';
    const newer = { ...key, version: key.version + 1 };
    for (const other of [
      seal(key, Buffer.from('another'), place),
      seal(newer, Buffer.from('longer than before'.repeat(40)), place),
      seal({ ...newer, scope: 'cart' }, Buffer.from('subject'), place),
      Buffer.alloc(0),
      null,
    ]) {
      await expect(setSeal(id, other)).rejects.toThrow(refused);
    }
    await expect(setSeal(empty, seal(newer, Buffer.from('subject'), place))).rejects.toThrow(refused);
    // The control: renewed under a newer key, which is what a rotation does.
    await setSeal(id, seal(newer, Buffer.from('subject'), place));
    await expect(setSeal(id, sealed)).rejects.toThrow(refused);
  });
});
