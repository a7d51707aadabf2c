/** The operators' program as somebody runs it at a shell: a process of its own, its exit codes and streams, killed and run again. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { OPERATORS_CHAIN } from '#app/access/operator-record.ts';
import { personPlace } from '#app/customers/people-store.ts';
import { KeyStore } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { parseKeyring } from '#app/vault/keyring.ts';
import { openJson } from '#app/vault/sealed-json.ts';
import { tamperAccessLog } from '#test/support/access-log.ts';
import { seedPeople } from '#test/support/seed-people.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const PROGRAM = fileURLToPath(new URL('../../app/ops.ts', import.meta.url));
const SHOP = 'counted.myshopify.com';
const JETTE = { firstName: 'Jette', lastName: 'Sommer', email: 'jette@sommer.example' };

let world: ShopWorld;
let shopId: string;
let personId: string;
let folder: string;
let keks: string;

beforeAll(async () => {
  world = await openShopWorld();
  keks = world.keks;
  folder = await mkdtemp(join(tmpdir(), 'ci-ops-'));
  // Three shops, so that a rotation of all of them can be cut off between two.
  for (const domain of [SHOP, 'second.myshopify.com', 'third.myshopify.com']) {
    const id = await ensureShop(world.db, domain);
    const [person = ''] = await seedPeople(world, id, [JETTE]);
    if (domain === SHOP) [shopId, personId] = [id, person];
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await world.close();
});
beforeEach(() => world.superuser('DELETE FROM keys.rotations'));

interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program by SIGKILL as soon as this comes true. */
  readonly killWhen?: (stderr: string) => boolean | Promise<boolean>;
}

async function ops(args: readonly string[], { input = '', env = {}, killWhen }: RunOptions = {}): Promise<Run> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      DATABASE_URL: world.database.url,
      DEPLOY_DATABASE_URL: world.database.superuserUrl,
      CART_INSIGHTS_KEKS: keks,
      ...env,
    },
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const stdout = readText(child.stdout);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    stderr += data;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  if (killWhen !== undefined) {
    await expect.poll(async () => child.exitCode !== null || (await killWhen(stderr))).toBe(true);
    child.kill('SIGKILL');
  }
  const [code, signal] = await ended;
  return { code, signal, stdout: await stdout, stderr };
}

/** What the operators' log says of the newest run of a command, and of the one before. */
const onRecord = async (command: string): Promise<string[]> =>
  (
    await world.superuser<{ outcome: string }>(
      `SELECT outcome FROM app.access_records WHERE shop_id = $1 AND page = $2 AND actor LIKE 'operator:%' ORDER BY seq`,
      [OPERATORS_CHAIN, `ops ${command}`],
    )
  ).map(({ outcome }) => outcome);
/** An answer in JSON: one line on standard output, and nothing else there. */
function json<T>({ stdout }: Run): T {
  expect(stdout.endsWith('\n') && stdout.trimEnd().split('\n').length === 1, stdout).toBe(true);
  return JSON.parse(stdout) as T;
}
const isWaiting = (stderr: string) => /^Waiting \d+ s/m.test(stderr);
/** Moves time on instead of waiting for it: whoever used the old keys has long ended. */
const letTimePass = () => world.superuser(`UPDATE keys.rotations SET step_at = step_at - interval '1 hour'`);
/** The person's name, read by a program that starts now. */
async function nameOf(keyring = keks): Promise<unknown> {
  const keyStore = new KeyStore(parseKeyring(keyring));
  return withShop(world.db, shopId, async (tx) => {
    const { sealed } = await tx.person.findUniqueOrThrow({ where: { shopId_id: { shopId, id: personId } } });
    const subject = (await keyStore.subjectKeys(sqlTxOfPrisma(tx), shopId, 'person', [personId])).get(personId);
    if (subject === undefined) return null;
    return (openJson(subject.key, sealed, personPlace(shopId, personId)) as { v: unknown }).v;
  });
}

describe('called wrongly', () => {
  it.each([
    ['nothing', [], /^Usage: /],
    ['a command that there is not', ['keys:statuss', '--json'], /^There is no command of this name\.\n\nUsage: /],
    ['an option that there is not', ['keys:status', '--jsn'], /jsn/],
    ['a word too many', ['keys:status', SHOP, SHOP], /takes one shop/],
    ['a shop that there is not', ['keys:rotate-shop', 'nobody.myshopify.com', '--json'], /No such shop/],
    ['no shop', ['keys:rotate-shop'], /takes one shop/],
    ['words where there are none', ['keys:rotate-kek', SHOP], /takes no words/],
    ['a word beside options', ['requests:list', SHOP, '--shop', SHOP], /takes no words, only options/],
    ['a checkpoint that is not there', ['audit:verify', '--checkpoint', '/nowhere/at/all'], /no checkpoint to read/],
  ])('with %s it exits with 64, says so on standard error, and nothing on standard output', async (_, args, says) => {
    const run = await ops(args);
    expect(run).toMatchObject({ code: 64, stdout: '' });
    expect(run.stderr).toMatch(says);
  });

  it('with a value as an argument it does not repeat it', async () => {
    const run = await ops(['canary:scan', JETTE.email]);
    expect(run).toMatchObject({ code: 64, stdout: '' });
    expect(run.stderr).not.toContain(JETTE.email);
  });

  it('without settings it exits with 78, without a database with 69, and quotes neither', async () => {
    const url = 'postgres://someone:hunter2@127.0.0.1:1/nothing';
    expect(await ops(['keys:status'], { env: { CART_INSIGHTS_KEKS: '' } })).toMatchObject({ code: 78, stdout: '' });
    const away = await ops(['keys:status', '--json'], { env: { DATABASE_URL: url, DEPLOY_DATABASE_URL: url } });
    expect(away).toMatchObject({ code: 69, stdout: '' });
    expect(away.stderr).toMatch(/^The database cannot be used: nobody listens/);
    expect(away.stderr).not.toMatch(/hunter2|127\.0\.0\.1/);
  });
});

it('whose reader has seen enough ends without a word, and not with the 1 of a finding', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'requests:list', '--shop', 'second.myshopify.com'], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      DATABASE_URL: world.database.url,
      DEPLOY_DATABASE_URL: world.database.superuserUrl,
      CART_INSIGHTS_KEKS: keks,
    },
  });
  child.stdin.end();
  child.stdout.destroy();
  const [stderr, [code]] = await Promise.all([readText(child.stderr), once(child, 'exit')]);
  expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
});

describe('keys:status', () => {
  it('says the same again, in JSON and in words, each time on record', async () => {
    const first = await ops(['keys:status', SHOP, '--json']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const status = json<{ keks: unknown[]; shop: { subjects: number } }>(first);
    expect(status.keks).toEqual([expect.objectContaining({ kekId: 'test', isPrimary: true })]);
    expect(status.shop.subjects).toBe(1);
    const again = await ops(['keys:status', SHOP]);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/^test {2}.*primary$/m);
    expect(await onRecord('keys:status')).toEqual(['started', 'done', 'started', 'done']);
    const ofShop = await world.superuser('SELECT 1 FROM app.access_records WHERE shop_id = $1', [shopId]);
    expect(ofShop).toHaveLength(4);
  });
});

describe('keys:rotate-kek', () => {
  it('killed in the middle goes on where it was, wraps nothing twice, and then finds nothing to do', async () => {
    const during = `new:${randomBytes(32).toString('base64')},${keks}`;
    const env = { CART_INSIGHTS_KEKS: during };
    const wraps = () =>
      world.superuser<{ shop_id: string; kek_id: string; wrapped: Buffer }>(
        'SELECT shop_id, kek_id, wrapped FROM keys.shop_keys ORDER BY shop_id, purpose, version',
      );
    const shopIds = [...new Set((await wraps()).map((row) => row.shop_id))];
    expect(shopIds).toHaveLength(3);

    // Somebody holds the last shop's keys, so that the rotation stands before them.
    const holder = new pg.Client({ connectionString: world.database.superuserUrl });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM keys.shop_keys WHERE shop_id = $1 FOR UPDATE', [shopIds[2]]);
    const killed = await ops(['keys:rotate-kek', '--json'], {
      env,
      killWhen: async () =>
        (await world.superuser('SELECT 1 FROM keys.rotations WHERE cursor = $1', [shopIds[1]])).length > 0,
    });
    await holder.query('ROLLBACK');
    await holder.end();
    expect(killed).toMatchObject({ signal: 'SIGKILL', stdout: '' });
    const half = await wraps();
    expect(new Set(half.map((row) => row.kek_id))).toEqual(new Set(['new', 'test']));
    expect(await nameOf(during)).toMatchObject(JETTE);

    const resumed = await ops(['keys:rotate-kek', '--json'], { env });
    expect(resumed.code).toBe(0);
    expect(json(resumed)).toMatchObject({ primary: 'new', left: [] });
    const whole = await wraps();
    expect(new Set(whole.map((row) => row.kek_id))).toEqual(new Set(['new']));
    const done = half.filter((row) => row.kek_id === 'new');
    for (const row of done) expect(whole).toContainEqual(row);

    expect(json(await ops(['keys:rotate-kek', '--json'], { env }))).toMatchObject({ rewrapped: 0, left: [] });
    expect(await wraps()).toEqual(whole);
    expect(await onRecord('keys:rotate-kek')).toEqual(['started', 'started', 'done', 'started', 'done']);

    // The old key can be taken out, and whoever still has it alone is told so.
    const old = keks;
    keks = during.split(',')[0] ?? '';
    expect(await nameOf()).toMatchObject(JETTE);
    const wrong = await ops(['keys:rotate-shop', SHOP], { env: { CART_INSIGHTS_KEKS: old } });
    expect(wrong).toMatchObject({ code: 78, stdout: '' });
  });
});

describe('keys:rotate-shop, keys:reencrypt and keys:rotate-index', () => {
  it.each([
    ['keys:rotate-shop', [SHOP], 1],
    ['keys:reencrypt', [SHOP], 1],
    ['keys:reencrypt', [], 1],
    ['keys:rotate-index', [SHOP], 2],
  ])('%s %s, killed while it waits, comes to its end when it is run again', async (command, words, waits) => {
    const before = (await onRecord(command)).length;
    for (let wait = 0; wait < waits; wait += 1) {
      const killed = await ops([command, ...words, '--json'], { killWhen: isWaiting });
      expect(killed).toMatchObject({ signal: 'SIGKILL', stdout: '' });
      // Read meanwhile by a program that starts now.
      expect(await nameOf()).toMatchObject(JETTE);
      await letTimePass();
    }
    const run = await ops([command, ...words, '--json']);
    expect(run.code, run.stderr).toBe(0);
    expect(json<{ done: number }>(run).done).toBeGreaterThan(0);
    expect(await nameOf()).toMatchObject(JETTE);
    expect(await world.superuser('SELECT 1 FROM keys.rotations WHERE finished_at IS NULL')).toEqual([]);
    expect((await onRecord(command)).slice(before)).toEqual([
      ...Array.from({ length: waits }, () => 'started'),
      'started',
      'done',
    ]);
  });
});

describe('audit:verify and audit:checkpoint', () => {
  it('tell of an intact log with 0 and of a bent one with 1; a checkpoint is signed, kept and never written over', async () => {
    const out = join(folder, 'checkpoint');
    const signed = await ops(['audit:checkpoint', '--out', out, '--json']);
    expect(signed.code, signed.stderr).toBe(0);
    expect(json(signed)).toMatchObject({ out, publicKeys: [expect.stringMatching(/\S/)] });
    const note = await readFile(out, 'utf8');
    const again = await ops(['audit:checkpoint', '--out', out, '--json']);
    expect(again).toMatchObject({ code: 64, stdout: '' });
    expect(await readFile(out, 'utf8')).toBe(note);

    const intact = await ops(['audit:verify', '--checkpoint', out, '--json']);
    expect(intact.code, intact.stdout).toBe(0);
    expect(json(intact)).toMatchObject({ isIntact: true });
    expect(intact.stderr).toMatch(/^1 of \d+$/m);

    await tamperAccessLog(world, `UPDATE app.access_records SET page = 'nowhere' WHERE shop_id = $1 AND seq = 2`, [
      shopId,
    ]);
    const bent = await ops(['audit:verify', SHOP, '--json']);
    expect(bent.code).toBe(1);
    expect(json<{ chains: unknown[] }>(bent)).toMatchObject({
      isIntact: false,
      chains: [{ shopId, faults: expect.arrayContaining([expect.objectContaining({ code: 'altered' })]) }],
    });
    expect((await ops(['audit:verify', SHOP])).stdout).toMatch(/NOT INTACT/);
    expect(await onRecord('audit:checkpoint')).toEqual(['started', 'done', 'started', 'failed']);

    await writeFile(
      out,
      note.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
    );
    expect(await ops(['audit:verify', '--checkpoint', out])).toMatchObject({ code: 64, stdout: '' });
  });
});

describe('canary:scan', () => {
  it('takes values from standard input, finds the planted one and no other, and repeats neither', async () => {
    const [planted, absent] = [`zq${randomBytes(12).toString('hex')}`, `zq${randomBytes(12).toString('hex')}`];
    await writeFile(join(folder, 'app.log'), `{"said":"${planted}"}\n`);
    const run = await ops(['canary:scan', '--path', folder, '--json'], { input: `${planted}\n${absent}\n` });
    expect(run.code, run.stderr).toBe(1);
    const { places, values, control } = json<{
      values: number;
      places: { value: number; where: string }[];
      control: { planted: number; found: number };
    }>(run);
    expect(values).toBe(2);
    expect(places).toEqual([expect.objectContaining({ value: 1, where: expect.stringContaining(folder) })]);
    expect(control.found).toBe(control.planted);
    expect(run.stdout + run.stderr).not.toMatch(new RegExp(`${planted}|${absent}`));
    expect(run.stderr).toContain('rows');
    expect(await ops(['canary:scan'])).toMatchObject({ code: 64, stdout: '' });
  });
});
