import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { poolConfig } from '#app/data/connection.ts';
import { readSettings } from '#app/settings.ts';
import { createAuthority } from '#test/shopify/certificates.ts';
import { getServerAccount } from '#test/support/postgres-files.ts';
import { postgresUrl, startPostgres, type PostgresServer } from '#test/support/postgres.ts';

let server: PostgresServer;
let directory: string;
/** The authority that signed the server's certificate, and one that did not. */
let authority: string;
let stranger: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ci-tls-'));
  const account = getServerAccount();
  if (account !== null) await chown(directory, account.uid, account.gid);
  async function write(name: string, text: string): Promise<string> {
    const path = join(directory, name);
    await writeFile(path, text, { mode: 0o600 });
    if (account !== null) await chown(path, account.uid, account.gid);
    return path;
  }
  const right = createAuthority('Right');
  authority = await write('right.pem', right.pem);
  stranger = await write('stranger.pem', createAuthority('Stranger').pem);
  // For this name only: the server also answers at 127.0.0.1, for which it has none.
  const issued = right.issue('localhost');
  const tls = { certificate: await write('server.pem', issued.cert), key: await write('server.key', issued.key) };
  server = await startPostgres({ fsync: false, tls });
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

/** @returns whether the connection is encrypted, as the server sees it. */
async function connect(host: string, parameters: string): Promise<boolean> {
  const url = `${postgresUrl(server, 'postgres', { over: 'tcp' }).replace('127.0.0.1', host)}?${parameters}`;
  const settings = readSettings({ NODE_ENV: 'production', DATABASE_URL: url }, 'deploy');
  const client = new pg.Client(poolConfig(settings.databaseUrl, null, { applicationName: 'test' }));
  try {
    await client.connect();
    const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    return (await client.query<{ ssl: boolean }>(sql)).rows[0]?.ssl ?? false;
  } finally {
    await client.end();
  }
}

describe('database over TLS in production', () => {
  it('connects when the certificate is of the right authority and name', async () => {
    await expect(connect('localhost', `sslmode=verify-full&sslrootcert=${authority}`)).resolves.toBe(true);
  });

  it('refuses a certificate of another authority', async () => {
    await expect(connect('localhost', `sslmode=verify-full&sslrootcert=${stranger}`)).rejects.toThrow(/certificate/);
    await expect(connect('localhost', 'sslmode=verify-full')).rejects.toThrow(/certificate/);
  });

  it('refuses a certificate of another name', async () => {
    await expect(connect('127.0.0.1', `sslmode=verify-full&sslrootcert=${authority}`)).rejects.toThrow(
      /does not match certificate/,
    );
  });

  it.each(['sslmode=require', 'sslmode=prefer', 'sslmode=disable', 'sslmode=verify-ca', ''])(
    'refuses to start with "%s"',
    async (parameters) => {
      await expect(connect('localhost', parameters)).rejects.toThrow(/DATABASE_URL must use a Unix socket/);
    },
  );

  it('connects over the Unix socket', async () => {
    const url = postgresUrl(server, 'postgres');
    const settings = readSettings({ NODE_ENV: 'production', DATABASE_URL: url }, 'deploy');
    const client = new pg.Client(poolConfig(settings.databaseUrl, null, { applicationName: 'test' }));
    await client.connect();
    expect((await client.query('SELECT inet_server_addr() AS address')).rows).toEqual([{ address: null }]);
    await client.end();
  });
});
