/** The e-mail index gets a new key while people come in, are searched for, and the rotation is cut off. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { poolConfig } from '#app/data/connection.ts';
import { destroyKeysOf, destroyShopKeys, destroySubjectKeys } from '#app/data/destroy-keys.ts';
import { KeyStore } from '#app/data/keys.ts';
import { withShop, withShopSql } from '#app/data/with-shop.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { OpsContext } from '#app/ops/command.ts';
import { rotateIndexCommand } from '#app/ops/keys/commands.ts';
import { rotateIndex } from '#app/ops/keys/rotate-index.ts';
import { findSubject, type FoundSubject, type NamedSubject } from '#app/privacy/subject/find-subject.ts';
import { nameDelegate, standingOf } from '#app/privacy/agreements/delegates.ts';
import { emailIndex } from '#app/vault/blind-index.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';

const PROGRAM = fileURLToPath(new URL('../support/rotate-keys.ts', import.meta.url));
/** Yesterday, so that nothing is too old to be taken in, in whatever year the tests run. */
const AT = new Date(Date.now() - 24 * 3_600_000).toISOString();
const OWNER = { staffId: '1', name: 'Owner', isAccountOwner: true, verifiedEmail: null };
const HELPER = { ...OWNER, staffId: '2', isAccountOwner: false, verifiedEmail: 'helper@example.com' };

let world: IngestWorld;
let pool: pg.Pool;
let domain: string;
let shopId: string;
let count = 0;

beforeAll(async () => {
  world = await openIngestWorld();
  pool = new pg.Pool(poolConfig(world.database.url, 'ci_app', { applicationName: 'test rotation', max: 2 }));
});
afterAll(async () => {
  await pool.end();
  await world.close();
});
beforeEach(async () => {
  count += 1;
  domain = `index-${String(count)}.myshopify.com`;
  shopId = await world.addShop(domain);
  await comes('amina', { id: 1, email: 'amina@example.com' });
  await comes('amina-guest', 'amina@example.com');
  await comes('bo', 'bo@example.com');
  await world.apply(shopId);
});

/** What the operator's program has: its own memory of keys. */
function context(progress: (text: string) => void = () => undefined): OpsContext {
  return {
    db: world.db,
    keyring: world.keyring,
    keyStore: new KeyStore(world.keyring),
    pool: () => pool,
    deployPool: () => pool,
    scanPaths: [],
    backupDays: null,
    now: () => new Date(),
    operator: 'tester',
    readInput: async () => '',
    progress,
  };
}

async function comes(token: string, who: string | { readonly id: number; readonly email: string }): Promise<void> {
  const body = { created_at: AT, updated_at: AT, currency: 'CAD', line_items: [] };
  const email = typeof who === 'string' ? who : who.email;
  const checkout = {
    ...body,
    token: `co-${token}`,
    cart_token: token,
    email,
    customer: typeof who === 'string' ? null : who,
  };
  expect(await world.post({ shop: domain, topic: 'carts/create', body: JSON.stringify({ ...body, token }) })).toBe(200);
  expect(await world.post({ shop: domain, topic: 'checkouts/create', body: JSON.stringify(checkout) })).toBe(200);
}

const find = (named: NamedSubject, keyStore = world.keyStore): Promise<FoundSubject> =>
  withShop(world.db, shopId, (tx) => findSubject(sqlTxOfPrisma(tx), keyStore, shopId, named));

/** By e-mail and by number Amina is both her rows, and Bo is found by nothing else than his e-mail. */
async function everybodyIsFound(keyStore?: KeyStore): Promise<void> {
  expect((await find({ emails: ['Amina@example.com '] }, keyStore)).personIds).toHaveLength(2);
  expect((await find({ customerIds: ['1'] }, keyStore)).personIds).toHaveLength(2);
  expect((await find({ emails: ['bo@example.com'] }, keyStore)).personIds).toHaveLength(1);
}

const people = () =>
  world.superuser<{ guest_ref: Buffer | null; email_index: Buffer | null }>(
    'SELECT guest_ref, email_index FROM app.people WHERE shop_id = $1 ORDER BY id',
    [shopId],
  );
const emailKeys = () =>
  world.superuser<{ version: number; retired: boolean }>(
    `SELECT version, retired_at IS NOT NULL AS retired FROM keys.shop_keys
     WHERE shop_id = $1 AND purpose = 'email' ORDER BY version`,
    [shopId],
  );
const keysOf = (keyStore: KeyStore) => withShopSql(pool, shopId, (tx) => keyStore.shopKeys(tx, shopId));

/** Runs it until it has to wait, and ends it there. */
async function runToTheWait(): Promise<void> {
  const cut = context(endAt('Waiting'));
  await expect(rotateIndex(cut, shopId, { settleMs: 3_600_000 })).rejects.toThrow('cut off');
}

const endAt = (word: string) => (text: string) => {
  if (text.includes(word)) throw new Error('cut off');
};

/** As if the wait were over. */
const waited = () =>
  world.superuser(`UPDATE keys.rotations SET step_at = step_at - interval '2 hours' WHERE name = $1`, [
    `index:${shopId}`,
  ]);

describe('the e-mail index gets a new key', () => {
  it('everybody is found by it, nothing is left of the old one, and a second run is another rotation', async () => {
    const old = await people();
    expect(await rotateIndex(context(), shopId, { settleMs: 0, batch: 1 })).toEqual({ shopId, done: 3, left: 0 });
    expect(await emailKeys()).toEqual([{ version: 2, retired: false }]);
    const fresh = new KeyStore(world.keyring);
    const { emailKey } = await keysOf(fresh);
    const now = await people();
    for (const [index, row] of now.entries()) {
      expect(row.email_index).not.toEqual(old[index]!.email_index);
      const email = index < 2 ? 'amina@example.com' : 'bo@example.com';
      expect(row.email_index).toEqual(emailIndex(emailKey, email));
      if (row.guest_ref !== null) expect(row.guest_ref).toEqual(row.email_index);
    }
    await everybodyIsFound(fresh);
    await rotateIndex(context(), shopId, { settleMs: 0 });
    expect(await emailKeys()).toEqual([{ version: 3, retired: false }]);
  });

  it('while people come in, to programs that have heard of it and to such that have not', async () => {
    await everybodyIsFound();
    await runToTheWait();
    expect(await emailKeys()).toEqual([
      { version: 1, retired: false },
      { version: 2, retired: false },
    ]);
    // The worker remembers the keys of before, as it may until the wait is over.
    await comes('bo-again', 'BO@example.com');
    await comes('cy', 'cy@example.com');
    await world.apply(shopId);
    expect(await people()).toHaveLength(4);
    await everybodyIsFound();
    await everybodyIsFound(new KeyStore(world.keyring));

    world.keyStore.forget(shopId);
    await keysOf(world.keyStore);
    await waited();
    await runToTheWait();
    expect(await emailKeys()).toEqual([
      { version: 1, retired: true },
      { version: 2, retired: false },
    ]);
    // Now the worker remembers that the new key is announced, and was not told that it writes.
    await comes('bo-late', 'bo@example.com');
    await comes('amina-late', { id: 1, email: 'amina@example.com' });
    await comes('dee', 'dee@example.com');
    await world.apply(shopId);
    expect(await people()).toHaveLength(5);
    for (const keyStore of [world.keyStore, new KeyStore(world.keyring)]) {
      await everybodyIsFound(keyStore);
      expect((await find({ emails: ['dee@example.com'] }, keyStore)).personIds).toHaveLength(1);
    }
    const { emailKeys: both } = await keysOf(world.keyStore);
    const isOld = async () =>
      (await people()).filter(({ guest_ref }) => guest_ref?.equals(emailIndex(both[1]!, 'dee@example.com')));
    expect(await isOld()).toHaveLength(0);
    // One whose transaction had begun before, and who does not hold the shop's lock.
    await world.superuser('UPDATE app.people SET guest_ref = $2 WHERE shop_id = $1 AND guest_ref = $3', [
      shopId,
      emailIndex(both[1]!, 'dee@example.com'),
      emailIndex(both[0]!, 'dee@example.com'),
    ]);
    expect(await isOld()).toHaveLength(1);

    await comes('dee-again', 'dee@example.com');
    await comes('eve', 'eve@example.com');
    await world.apply(shopId);
    expect(await people()).toHaveLength(6);

    await waited();
    expect(await rotateIndex(context(), shopId)).toEqual({ shopId, done: 5, left: 0 });
    expect(await isOld()).toHaveLength(0);
    expect(await emailKeys()).toEqual([{ version: 2, retired: false }]);
    world.keyStore.forget(shopId);
    await comes('dee-last', 'dee@example.com');
    await comes('amina-last', 'amina@example.com');
    await world.apply(shopId);
    expect(await people()).toHaveLength(6);
    await everybodyIsFound();
    expect((await find({ emails: ['dee@example.com'] })).cartIds).toHaveLength(3);
  });

  it('cut off amid the digests it has done nothing, and the next run does all', async () => {
    const old = await people();
    await runToTheWait();
    await waited();
    const cut = context(endAt('2 people'));
    await expect(rotateIndex(cut, shopId, { batch: 1 })).rejects.toThrow('cut off');
    expect(await people()).toEqual(old);
    expect(await emailKeys()).toMatchObject([{ retired: false }, { retired: false }]);
    await everybodyIsFound(new KeyStore(world.keyring));
    expect(await rotateIndex(context(), shopId, { settleMs: 0 })).toEqual({ shopId, done: 3, left: 0 });
    await everybodyIsFound(new KeyStore(world.keyring));
  });

  it('killed while it waits, it goes on', async () => {
    const env = {
      ...process.env,
      DATABASE_URL: world.database.url,
      CART_INSIGHTS_KEKS: world.keks,
      ROTATE: `index:${shopId}`,
    };
    const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const exit = once(child, 'exit');
    await expect.poll(emailKeys).toHaveLength(2);
    child.kill('SIGKILL');
    expect(await exit).toEqual([null, 'SIGKILL']);
    await everybodyIsFound(new KeyStore(world.keyring));
    expect(await rotateIndex(context(), shopId, { settleMs: 0 })).toMatchObject({ left: 0 });
    expect(await emailKeys()).toEqual([{ version: 2, retired: false }]);
    await everybodyIsFound(new KeyStore(world.keyring));
  });

  it('keeps the old key for a digest that cannot be made again', async () => {
    const { personIds } = await find({ emails: ['bo@example.com'] });
    await withShopSql(pool, shopId, (tx) => destroyKeysOf(tx, shopId, [{ scope: 'person', ids: personIds }]));
    for (let run = 0; run < 2; run += 1) {
      expect(await rotateIndex(context(), shopId, { settleMs: 0 })).toEqual({ shopId, done: 2, left: 1 });
      expect(await emailKeys()).toMatchObject([{ version: 1 }, { version: 2 }]);
      await everybodyIsFound(new KeyStore(world.keyring));
    }
    await world.superuser('DELETE FROM app.checkouts WHERE shop_id = $1 AND person_id = ANY ($2)', [shopId, personIds]);
    await world.superuser('DELETE FROM app.carts WHERE shop_id = $1 AND person_id = ANY ($2)', [shopId, personIds]);
    await world.superuser('DELETE FROM app.people WHERE shop_id = $1 AND id = ANY ($2)', [shopId, personIds]);
    expect(await rotateIndex(context(), shopId, { settleMs: 0 })).toEqual({ shopId, done: 2, left: 0 });
    expect(await emailKeys()).toEqual([{ version: 2, retired: false }]);
  });

  it('a shop that was redacted meanwhile keeps its new keys', async () => {
    await runToTheWait();
    await withShopSql(pool, shopId, async (tx) => {
      await destroyShopKeys(tx, shopId);
      await destroySubjectKeys(tx, shopId, 1_000);
    });
    await keysOf(world.keyStore);
    await rotateIndex(context(), shopId, { settleMs: 0 });
    expect(await emailKeys()).toEqual([{ version: 1, retired: false }]);
  });

  it('delegates stay who they are', async () => {
    const keyStore = new KeyStore(world.keyring);
    const name = () =>
      withShop(world.db, shopId, (tx) =>
        nameDelegate(tx, keyStore, shopId, { signer: OWNER, email: 'Helper@example.com', at: new Date(AT) }),
      );
    const standing = async () => {
      keyStore.forget(shopId);
      const keys = await keysOf(keyStore);
      return (await withShop(world.db, shopId, (tx) => standingOf(tx, keys, shopId, HELPER))).role;
    };
    const named = await name();
    await runToTheWait();
    expect(await standing()).toBe('delegate');
    expect(await name()).toEqual(named);
    await waited();
    await runToTheWait();
    expect(await standing()).toBe('delegate');
    expect(await name()).toEqual(named);
    expect(await rotateIndex(context(), shopId, { settleMs: 0 })).toEqual({ shopId, done: 4, left: 0 });
    expect(await standing()).toBe('delegate');
    expect(await name()).toEqual(named);
  });

  it('as a command it is on record, and takes one shop', async () => {
    await expect(rotateIndexCommand.run(context(), [], {})).rejects.toThrow('takes one shop');
    for (let wait = 0; wait < 2; wait += 1) {
      await expect(rotateIndexCommand.run(context(endAt('Waiting')), [domain], {})).rejects.toThrow('cut off');
      await waited();
    }
    const answer = await rotateIndexCommand.run(context(), [domain], {});
    expect(answer).toMatchObject({ data: { shopId, done: 3, left: 0 }, exitCode: 0 });
    const records = await world.superuser<{ outcome: string }>(
      `SELECT * FROM app.access_records WHERE shop_id = $1 AND actor = 'operator:tester'`,
      [shopId],
    );
    expect(records.length).toBeGreaterThanOrEqual(6);
  });
});
