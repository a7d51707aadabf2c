/** `audit:verify` over real rows: what a superuser does behind the guards' back is found, and an honest log is intact. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { keepCheckpoint } from '#app/access/log/checkpoint.ts';
import { FUNCTION_DIGESTS, missingGuards } from '#app/access/log/guards.ts';
import { retireAccessRecords } from '#app/access/log/retire.ts';
import { verifyAccessLog } from '#app/access/log/verify.ts';
import { OPERATORS_CHAIN } from '#app/access/operator-record.ts';
import { writeAccessRecord } from '#app/access/record.ts';
import { poolConfig } from '#app/data/connection.ts';
import type { DatabaseRole } from '#app/data/roles.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { auditCheckpointCommand, auditVerifyCommand } from '#app/ops/audit.ts';
import type { OpsAnswer, OpsContext } from '#app/ops/command.ts';
import { makeChain } from '#test/support/access-chain.ts';
import { clearAccessLog, tamperAccessLog } from '#test/support/access-log.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const NOW = new Date('2026-11-26T12:00:00Z');

let world: ShopWorld;
let shopId: string;
let directory: string;
let pool: pg.Pool;

beforeAll(async () => {
  world = await openShopWorld();
  shopId = await ensureShop(world.db, 'one.myshopify.com');
  await ensureShop(world.db, 'two.myshopify.com');
  directory = await mkdtemp(join(tmpdir(), 'checkpoints-'));
  pool = new pg.Pool(poolConfig(world.database.url, 'ci_dispatch', { applicationName: 'test', max: 1 }));
});
beforeEach(() => clearAccessLog(world));
afterAll(async () => {
  await pool.end();
  await rm(directory, { recursive: true });
  await world.close();
});

const verify = () => verifyAccessLog(world, shopId);
const codes = async () => (await verify()).faults.map(({ code }) => code);

async function look(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await withShop(world.db, shopId, (tx) =>
      writeAccessRecord(tx, shopId, {
        at: NOW,
        actor: 'staff:00',
        purpose: 'cart-activity',
        page: 'cart',
        fields: ['app.cart_states.sealed.lines'],
        subjects: [Buffer.alloc(16, n)],
        valueCount: 1,
        requestId: `r${String(n)}`,
      }),
    );
  }
}

const checkpoint = async () => {
  const { head } = await verify();
  return withShop(world.db, shopId, (tx) => keepCheckpoint(tx, world.keyring, shopId, head, NOW));
};

/** A chain that began long ago: rows as the app would have appended them, put there by a superuser. */
async function rememberOldTimes(length: number, firstAt: Date): Promise<void> {
  const records = makeChain(shopId, length, firstAt);
  const rows = records.map((record) => ({
    ...record,
    seq: Number(record.seq),
    subjects: record.subjects.map((bytes) => Buffer.from(bytes).toString('hex')),
    previousHash: Buffer.from(record.previousHash).toString('hex'),
    hash: Buffer.from(record.hash).toString('hex'),
  }));
  await world.superuser(
    `INSERT INTO app.access_records
     SELECT (r->>'shopId')::uuid, (r->>'at')::timestamptz, r->>'actor', r->>'purpose', r->>'page',
       ARRAY(SELECT jsonb_array_elements_text(r->'fields')),
       ARRAY(SELECT decode(s, 'hex') FROM jsonb_array_elements_text(r->'subjects') s),
       (r->>'valueCount')::int, r->>'requestId', (r->>'seq')::bigint, (r->>'recordedAt')::timestamptz, r->>'outcome',
       r->>'reason', (r->>'aboutShop')::uuid, (r->>'peopleCount')::int, decode(r->>'previousHash', 'hex'), decode(r->>'hash', 'hex')
     FROM jsonb_array_elements($1::jsonb) r`,
    [JSON.stringify(rows)],
  );
  const last = records.at(-1)!;
  await world.superuser('INSERT INTO app.access_chains (shop_id, seq, hash) VALUES ($1, $2, $3)', [
    shopId,
    String(last.seq),
    Buffer.from(last.hash),
  ]);
}

const context = (): OpsContext => ({
  db: world.db,
  keyring: world.keyring,
  keyStore: world.keyStore,
  pool: (role: DatabaseRole) => {
    expect(role).toBe('ci_dispatch');
    return pool;
  },
  now: () => NOW,
  operator: 'root',
  deployPool: () => {
    throw new Error('deploys nothing');
  },
  scanPaths: [],
  backupDays: null,
  readInput: () => Promise.reject(new Error('reads no input')),
  progress: () => undefined,
});
const auditVerify = (words: string[] = [], options: Record<string, string> = {}): Promise<OpsAnswer> =>
  auditVerifyCommand.run(context(), words, options);

describe('verification', () => {
  it('finds an honest log intact, with and without checkpoints, while others append', async () => {
    expect(await verify()).toMatchObject({ isIntact: true, records: 0n, retiredUpTo: null });
    await look(3);
    expect(await checkpoint()).toBe(true);
    expect(await checkpoint()).toBe(false);
    const [found] = await Promise.all([verify(), look(2)]);
    expect(found).toMatchObject({ isIntact: true, faults: [], checkpoints: 1 });
    expect(await verify()).toMatchObject({ isIntact: true, records: 5n, head: { seq: 5n } });
  });

  it.each([
    ["UPDATE app.access_records SET purpose = 'security' WHERE seq = 3", ['altered']],
    ["UPDATE app.access_records SET at = at + interval '1 millisecond' WHERE seq = 1", ['altered']],
    ['DELETE FROM app.access_records WHERE seq = 3', ['missing']],
    ['DELETE FROM app.access_records WHERE seq = 1', ['missing']],
    ['DELETE FROM app.access_records WHERE seq = 5', ['missing']],
    [
      `UPDATE app.access_records SET seq = seq + 100; UPDATE app.access_records SET seq = CASE seq - 100 WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE seq - 100 END`,
      ['out-of-place', 'altered', 'out-of-place', 'altered', 'out-of-place'],
    ],
    [
      'INSERT INTO app.access_records SELECT shop_id, at, actor, purpose, page, fields, subjects, value_count, request_id, 6, recorded_at, outcome, reason, about_shop, people_count, previous_hash, hash FROM app.access_records WHERE seq = 5',
      ['unaccounted'],
    ],
    [
      'UPDATE app.access_chains SET seq = 4, hash = (SELECT hash FROM app.access_records WHERE seq = 4)',
      ['unaccounted'],
    ],
    ["UPDATE app.access_chains SET hash = sha256('x')", ['head']],
    ['DELETE FROM app.access_chains', ['unaccounted', 'missing']],
    // Cut short with the head set back, and emptied: what was signed tells.
    [
      'DELETE FROM app.access_records WHERE seq > 3; UPDATE app.access_chains SET seq = 3, hash = (SELECT hash FROM app.access_records WHERE seq = 3)',
      ['missing'],
    ],
    ['DELETE FROM app.access_records; DELETE FROM app.access_chains', ['missing']],
    ['UPDATE app.access_checkpoints SET seq = 2', ['unsigned', 'signed-otherwise']],
    ["UPDATE app.access_checkpoints SET hash = sha256('x')", ['unsigned', 'signed-otherwise']],
    ["UPDATE app.access_checkpoints SET note = replace(note, ' 4 ', ' 3 ')", ['unsigned']],
    ["UPDATE app.access_checkpoints SET kind = 'retired'", ['unsigned', 'out-of-place']],
  ])('finds: %s', async (sql, faults) => {
    await look(4);
    await checkpoint();
    await look(1);
    await tamperAccessLog(world, sql);
    expect((await codes()).slice(0, 5)).toEqual(faults);
  });

  it('finds a log that somebody computed anew, by the checkpoint', async () => {
    await look(4);
    await checkpoint();
    await tamperAccessLog(
      world,
      `DO $$
       DECLARE r app.access_records; link bytea := app.access_chain_start('${shopId}');
       BEGIN
         FOR r IN SELECT * FROM app.access_records ORDER BY seq LOOP
           IF r.seq = 2 THEN r.actor := 'staff:ff'; END IF;
           r.previous_hash := link;
           r.hash := app.access_record_hash(r);
           link := r.hash;
           UPDATE app.access_records t SET actor = r.actor, previous_hash = r.previous_hash, hash = r.hash WHERE t.seq = r.seq;
         END LOOP;
         UPDATE app.access_chains SET hash = link;
       END $$`,
    );
    expect(await codes()).toEqual(['signed-otherwise']);
    await tamperAccessLog(world, 'TRUNCATE app.access_checkpoints');
    expect(await codes()).toEqual([]);
  });
});

describe('the guards', () => {
  const guards = () => withShop(world.db, shopId, (tx) => missingGuards(sqlTxOfPrisma(tx)));

  it('stand, as the migrations made them', async () => {
    const rows = await world.superuser<{ name: string; digest: string }>(
      `SELECT proname AS name, encode(sha256(convert_to(prosrc, 'UTF8')), 'hex') AS digest FROM pg_proc
       WHERE pronamespace = 'app'::regnamespace AND proname = ANY ($1) ORDER BY 1`,
      [Object.keys(FUNCTION_DIGESTS)],
    );
    expect(Object.fromEntries(rows.map(({ name, digest }) => [name, digest]))).toEqual(FUNCTION_DIGESTS);
    expect(await guards()).toEqual([]);
  });

  it.each([
    [
      'ALTER TABLE app.access_records DISABLE TRIGGER stays',
      'ALTER TABLE app.access_records ENABLE ALWAYS TRIGGER stays',
      'trigger stays on app.access_records',
    ],
    [
      'ALTER TABLE app.access_chains ENABLE TRIGGER never_emptied',
      'ALTER TABLE app.access_chains ENABLE ALWAYS TRIGGER never_emptied',
      'trigger never_emptied on app.access_chains',
    ],
    [
      'GRANT DELETE ON app.access_records TO ci_app',
      'REVOKE DELETE ON app.access_records FROM ci_app',
      'grant access_records ci_app DELETE',
    ],
    [
      'GRANT UPDATE (hash) ON app.access_records TO ci_app',
      'REVOKE UPDATE (hash) ON app.access_records FROM ci_app',
      'grant access_records.hash ci_app UPDATE',
    ],
    [
      'REVOKE SELECT ON app.access_records FROM ci_backup',
      'GRANT SELECT ON app.access_records TO ci_backup',
      'grant access_records ci_backup SELECT',
    ],
    [
      'GRANT EXECUTE ON FUNCTION app.retire_access_records TO ci_app',
      'REVOKE EXECUTE ON FUNCTION app.retire_access_records FROM ci_app',
      'execute retire_access_records ci_app',
    ],
    [
      'ALTER TABLE app.access_checkpoints NO FORCE ROW LEVEL SECURITY',
      'ALTER TABLE app.access_checkpoints FORCE ROW LEVEL SECURITY',
      'row-level security of app.access_checkpoints',
    ],
    [
      'ALTER TABLE app.shops DISABLE TRIGGER erased_mark',
      'ALTER TABLE app.shops ENABLE ALWAYS TRIGGER erased_mark',
      'trigger erased_mark on app.shops',
    ],
    [
      'ALTER TABLE app.access_records OWNER TO ci_app',
      'ALTER TABLE app.access_records OWNER TO ci_owner; REVOKE ALL ON app.access_records FROM ci_app; GRANT SELECT ON app.access_records TO ci_app',
      'owner of app.access_records',
    ],
  ])('are missed by verification after: %s', async (change, undo, what) => {
    await world.superuser(change);
    try {
      expect(await guards()).toContain(what);
      expect(await verify()).toMatchObject({ isIntact: false });
    } finally {
      await world.superuser(undo);
    }
    expect(await guards()).toEqual([]);
  });

  it('are missed when a function says something else, or a trigger calls another', async () => {
    const [row] = await world.superuser<{ definition: string }>(
      "SELECT pg_get_functiondef('app.keep_access_records'::regproc) AS definition",
    );
    await world.superuser(
      `CREATE OR REPLACE FUNCTION app.keep_access_records() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS 'BEGIN RETURN OLD; END'`,
    );
    try {
      expect(await guards()).toEqual(['function app.keep_access_records']);
    } finally {
      await world.superuser(row?.definition ?? '');
    }
    expect(await guards()).toEqual([]);
  });
});

describe('retiring', () => {
  const options = { now: NOW, job: 'retention', requestId: 'r' };
  const monthsAgo = (months: number) => new Date(Date.UTC(2026, 10 - months, 26, 12));
  const retire = (before: Date) => retireAccessRecords(world, shopId, { ...options, before });

  it('removes the oldest, leaves a signed statement, and verification goes on from there', async () => {
    await rememberOldTimes(40, monthsAgo(30));
    await look(2);
    expect(await retire(monthsAgo(14))).toEqual({ ok: true, removed: 40n, upTo: 40n });
    // What is left: two, and the record of the removal.
    expect(await verify()).toMatchObject({
      isIntact: true,
      faults: [],
      records: 3n,
      retiredUpTo: 40n,
      head: { seq: 43n },
    });
    const rows = await world.superuser<{ outcome: string; value_count: number; actor: string }>(
      'SELECT outcome, value_count, actor FROM app.access_records ORDER BY seq DESC LIMIT 1',
    );
    expect(rows).toEqual([{ outcome: 'retired', value_count: 40, actor: 'system:retention' }]);
    expect(await retire(monthsAgo(14))).toEqual({ ok: true, removed: 0n, upTo: null });
  });

  it('goes up to the first that stays, and no further', async () => {
    // A minute apart: half of them before noon 20 months ago.
    await rememberOldTimes(40, new Date(monthsAgo(20).getTime() - 20 * 60_000));
    expect(await retire(monthsAgo(20))).toEqual({ ok: true, removed: 20n, upTo: 20n });
    expect(await verify()).toMatchObject({ isIntact: true, records: 21n, retiredUpTo: 20n });
  });

  it('refuses what is younger than 13 months, whoever asks', async () => {
    await look(3);
    expect(await retire(monthsAgo(12))).toEqual({ ok: false, reason: 'too-young' });
    const { head } = await verify();
    const byForce = withShop(world.db, shopId, async (tx) => {
      await tx.accessCheckpoint.create({
        data: { shopId, kind: 'retired', seq: head.seq, hash: Uint8Array.from(head.hash), madeAt: NOW, note: 'x' },
      });
      await tx.$executeRaw`SET LOCAL ROLE ci_maintenance`;
      await tx.$queryRaw`SELECT app.retire_access_records(${shopId}::uuid, ${head.seq}::bigint)`;
    });
    await expect(byForce).rejects.toThrow(/stay as they are/);
    expect(await verify()).toMatchObject({ isIntact: true, records: 3n });
  });

  it('refuses to remove evidence from a chain that is not intact', async () => {
    await rememberOldTimes(5, monthsAgo(30));
    await tamperAccessLog(world, "UPDATE app.access_records SET page = 'another' WHERE seq = 2");
    expect(await retire(monthsAgo(14))).toEqual({ ok: false, reason: 'not-intact' });
    expect(await world.superuser('SELECT 1 FROM app.access_records')).toHaveLength(5);
  });

  it('needs a signed statement that names the last record', async () => {
    await rememberOldTimes(5, monthsAgo(30));
    const unsigned = withShop(world.db, shopId, async (tx) => {
      await tx.$executeRaw`SET LOCAL ROLE ci_maintenance`;
      await tx.$queryRaw`SELECT app.retire_access_records(${shopId}::uuid, 3::bigint)`;
    });
    await expect(unsigned).rejects.toThrow(/no signed statement/);
    const forged = withShop(world.db, shopId, async (tx) => {
      const [row] = await tx.accessRecord.findMany({ where: { shopId, seq: 3n } });
      await tx.accessCheckpoint.create({
        data: { shopId, kind: 'retired', seq: 3n, hash: row!.hash, madeAt: NOW, note: 'no signature' },
      });
      await tx.$executeRaw`SET LOCAL ROLE ci_maintenance`;
      await tx.$queryRaw`SELECT app.retire_access_records(${shopId}::uuid, 3::bigint)`;
    });
    // The database cannot check a signature; verification does.
    await forged;
    expect(await codes()).toEqual(['unsigned']);
  });
});

describe('audit:verify and audit:checkpoint', () => {
  it('verify every chain, their own records among them, and exit with 1 when one is bent', async () => {
    await look(2);
    const good = await auditVerify();
    expect(good).toMatchObject({ exitCode: 0, data: { isIntact: true } });
    expect(good.lines.at(-1)).toBe('3 chains verified: intact.');
    await tamperAccessLog(world, 'DELETE FROM app.access_records WHERE shop_id = $1 AND seq = 1', [shopId]);
    const bad = await auditVerify();
    expect(bad.exitCode).toBe(1);
    expect(bad.lines.join('\n')).toContain('missing at record 1');
    expect(JSON.parse(JSON.stringify(bad.data))).toMatchObject({ isIntact: false });
    const rows = await world.superuser(
      'SELECT page, outcome, actor FROM app.access_records WHERE shop_id = $1 ORDER BY seq',
      [OPERATORS_CHAIN],
    );
    const record = (outcome: string) => ({ page: 'ops audit:verify', outcome, actor: 'operator:root' });
    expect(rows).toEqual(['started', 'done', 'started', 'done'].map(record));
  });

  it('of one shop says so in that shop’s own log', async () => {
    await look(1);
    expect(await auditVerify(['one.myshopify.com'])).toMatchObject({ exitCode: 0 });
    expect(
      await world.superuser('SELECT page FROM app.access_records WHERE shop_id = $1 ORDER BY seq', [shopId]),
    ).toEqual([{ page: 'cart' }, { page: 'ops audit:verify' }, { page: 'ops audit:verify' }]);
    await expect(auditVerify(['nobody.myshopify.com'])).rejects.toThrow('No such shop');
  });

  it('a checkpoint kept outside finds a log that was taken away whole', async () => {
    await look(3);
    const out = join(directory, 'whole.txt');
    const { lines } = await auditCheckpointCommand.run(context(), [], { out });
    expect(lines.join('\n')).toMatch(/Root: [\w+/]{43}=\nPublic key: cart-insights\+[0-9a-f]{8}\+/);
    expect(await auditVerify([], { checkpoint: out })).toMatchObject({ exitCode: 0 });
    await tamperAccessLog(world, 'DELETE FROM app.access_records WHERE shop_id = $1', [shopId]);
    await tamperAccessLog(world, 'DELETE FROM app.access_chains WHERE shop_id = $1', [shopId]);
    await look(2);
    expect(await auditVerify()).toMatchObject({ exitCode: 0 });
    const found = await auditVerify([], { checkpoint: out });
    expect(found.exitCode).toBe(1);
    expect(found.lines.join('\n')).toContain('missing at record 3');
  });

  it('a changed checkpoint is refused, and none is ever written over', async () => {
    await look(1);
    const out = join(directory, 'changed.txt');
    await auditCheckpointCommand.run(context(), [], { out });
    await expect(auditCheckpointCommand.run(context(), [], { out })).rejects.toThrow();
    const note = await readFile(out, 'utf8');
    for (const changed of [note.replace(' 1 ', ' 2 '), note.replace('\n\n', '\n'), `${note}x`, '']) {
      await writeFile(out, changed);
      await expect(auditVerify([], { checkpoint: out })).rejects.toThrow('not a checkpoint');
    }
  });
});
