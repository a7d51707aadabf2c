import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { createTestDatabase } from '#test/support/database.ts';
import { postgresUrl, startPostgres, type PostgresServer } from '#test/support/postgres.ts';

/** The tests' own PostgreSQL: crash tests and the canary search rely on what is promised here. */

let directory: string;
let server: PostgresServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ci-server-'));
  await chmod(directory, 0o700);
  server = await startPostgres({ directory });
});

afterAll(async () => {
  await server.stop();
  // Run by root, the server may have been given a place of its own, which it can reach.
  for (const path of [directory, dirname(server.dataDirectory)]) await rm(path, { recursive: true, force: true });
});

async function query(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: postgresUrl(server, 'postgres') });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

describe('embedded PostgreSQL', () => {
  it('runs beside the one of the test run, on disk that is flushed', async () => {
    expect(server.port).not.toBe(inject('postgres').address.port);
    expect(await query("SELECT current_setting('fsync') AS fsync")).toEqual([{ fsync: 'on' }]);
    expect(await query("SELECT current_setting('server_version_num')::int >= 180000 AS ok")).toEqual([{ ok: true }]);
  });

  it('keeps what was committed when it is killed, and starts again at the same address', async () => {
    await query('CREATE TABLE kept AS SELECT 1 AS value');
    await server.crash();
    await expect(query('SELECT 1')).rejects.toThrow();
    await server.start();
    expect(await query('SELECT value FROM kept')).toEqual([{ value: 1 }]);
  });

  it('is not stopped by the lock file of an earlier run whose number another process has now', async () => {
    await server.crash();
    const lockFile = join(server.dataDirectory, 'postmaster.pid');
    const lock = await readFile(lockFile, 'utf8');
    await writeFile(lockFile, lock.replace(/^\d+/, String(process.pid)));
    await server.start();
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('writes no value into its log, neither of a statement nor of an error', async () => {
    await expect(query("SELECT 'canary-in-statement'::int")).rejects.toThrow();
    await query('CREATE TABLE once (value text PRIMARY KEY)');
    await query('INSERT INTO once VALUES ($1)', ['canary-in-row']);
    await expect(query('INSERT INTO once VALUES ($1)', ['canary-in-row'])).rejects.toThrow(/once_pkey/);
    const log = await readFile(server.logFile, 'utf8');
    expect(log).toContain('once_pkey');
    expect(log).not.toContain('canary-in-row');
  });

  it('ends when the program that started it is killed', async () => {
    const program = fileURLToPath(new URL('../support/postgres-server.ts', import.meta.url));
    const script = `const { startPostgres } = await import(${JSON.stringify(program)});
      const server = await startPostgres({ directory: ${JSON.stringify(join(directory, 'owned'))}, fsync: false });
      console.log(await server.pid());
      console.log(server.dataDirectory);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(owner.stdout)[Symbol.asyncIterator]();
    const pid = Number((await lines.next()).value);
    const dataDirectory = String((await lines.next()).value);
    expect(isRunning(pid)).toBe(true);
    owner.kill('SIGKILL');
    while (isRunning(pid)) await sleep(20);
    expect(isRunning(pid)).toBe(false);
    await rm(dirname(dataDirectory), { recursive: true, force: true });
  });
});

describe('test databases', () => {
  it('are migrated, empty and apart from each other', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const count = async (url: string): Promise<unknown> => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        await client.query('CREATE TABLE IF NOT EXISTS public.mark AS SELECT current_database()::text AS name');
        return (await client.query('SELECT name, (SELECT count(*)::int FROM app.shops) AS shops FROM public.mark'))
          .rows;
      } finally {
        await client.end();
      }
    };
    expect(await count(one.superuserUrl)).toEqual([{ name: one.name, shops: 0 }]);
    expect(await count(two.superuserUrl)).toEqual([{ name: two.name, shops: 0 }]);
    await Promise.all([one.drop(), two.drop()]);
    await expect(count(one.superuserUrl)).rejects.toThrow(/does not exist/);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
