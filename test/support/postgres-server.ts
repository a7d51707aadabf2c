import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import pg from 'pg';

import {
  getServerAccount,
  giveTo,
  placeForData,
  removeStaleLock,
  requireBinaries,
  type ServerAccount,
} from '#test/support/postgres-files.ts';

export interface PostgresOptions {
  /** Where the data lives, kept by `stop()`. Without it the server is a temporary one. */
  readonly directory?: string;
  /** false trades crash safety for speed; only for data nobody will miss. Default true. */
  readonly fsync?: boolean;
  readonly port?: number;
  /** PEM files the server shows to TLS clients. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Further settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What another process needs to reach the server; plain data. */
export interface PostgresAddress {
  readonly socketDirectory: string;
  readonly port: number;
  readonly superuserPassword: string;
}

export interface PostgresServer extends PostgresAddress {
  readonly dataDirectory: string;
  readonly logFile: string;
  /** The server's own process. */
  pid(): Promise<number>;
  /** Resolves when the running server ends, whoever ended it. */
  ended(): Promise<void>;
  /** Ends it as a power cut would: SIGKILL, nothing flushed. */
  crash(): Promise<void>;
  /** Starts it again on the same data, port and socket after `crash()` or `stop()`. */
  start(): Promise<void>;
  /** Ends it in order; the data stays. */
  stop(): Promise<void>;
}

const SUPERUSER = 'postgres';

/** Values never stand in the log, neither from statements nor from errors about them. */
const QUIET_LOG = {
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
};

/** Nothing of ours reaches the server's programs, also not what a log might show. */
const ENVIRONMENT: NodeJS.ProcessEnv = { NODE_ENV: 'test', PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** What is lost in a crash does not matter, so nothing has to reach the disk. */
const NO_SYNC = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'on', max_wal_size: '4GB' };

/**
 * The server ends when its standard input does, so also when we are killed without a chance to clean up. It gets its own
 * session, so that Ctrl-C in the terminal reaches us first.
 */
const SUPERVISE = `
  exec 3<&0
  "$@" 3<&- & server=$!
  (cat <&3 >/dev/null; kill -INT $server 2>/dev/null) & watch=$!
  exec 3<&- </dev/null
  wait $server; code=$?
  kill $watch 2>/dev/null
  rm -rf "$SOCKETS"
  exit $code`;

/** Starts a PostgreSQL 18 of its own on a free port of 127.0.0.1 and a Unix socket; makes its data when there is none. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const account = getServerAccount();
  const binaries = await requireBinaries(account);
  const directory = await (options.directory === undefined
    ? temporaryDirectory(account)
    : placeForData(options.directory, account));
  const dataDirectory = join(directory, 'data');
  const logFile = join(directory, 'postgres.log');
  const superuserPassword = await initialise(binaries, directory, account);
  const socketDirectory = await temporaryDirectory(account);
  const port = options.port ?? (await findFreePort());
  const address = { socketDirectory, port, superuserPassword };

  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: '0777',
    max_connections: '200',
    ...QUIET_LOG,
    ...(options.fsync === false ? NO_SYNC : {}),
    ...(options.tls && { ssl: 'on', ssl_cert_file: options.tls.certificate, ssl_key_file: options.tls.key }),
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let supervisor: ChildProcess | null = null;

  async function start(): Promise<void> {
    await removeStaleLock(dataDirectory);
    // When somebody else ended the server, its supervisor may still be clearing up.
    if (supervisor?.exitCode === null) await once(supervisor, 'exit');
    const log = openSync(logFile, 'a');
    const child = spawn(
      '/bin/sh',
      ['-c', SUPERVISE, 'sh', join(binaries, 'bin/postgres'), '-D', dataDirectory, ...flags],
      {
        stdio: ['pipe', log, log],
        detached: true,
        cwd: '/',
        env: { ...ENVIRONMENT, SOCKETS: socketDirectory },
        ...account,
      },
    );
    closeSync(log);
    supervisor = child;
    await untilReady(child, address, logFile);
  }

  async function end(act: (child: ChildProcess) => Promise<void> | void): Promise<void> {
    const child = supervisor;
    supervisor = null;
    if (child?.exitCode !== null) return;
    const exited = once(child, 'exit');
    await act(child);
    await exited;
    child.stdin?.destroy();
  }

  async function pid(): Promise<number> {
    return Number((await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8')).split('\n', 1)[0]);
  }

  await start();
  return {
    ...address,
    dataDirectory,
    logFile,
    pid,
    ended: async () => {
      if (supervisor?.exitCode === null) await once(supervisor, 'exit');
    },
    start: async () => {
      await mkdir(socketDirectory, { recursive: true });
      await giveTo(account, socketDirectory);
      await start();
    },
    crash: () => end(async () => void process.kill(await pid(), 'SIGKILL')),
    stop: async () => {
      await end((child) => void child.stdin?.end());
      await rm(socketDirectory, { recursive: true, force: true });
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Short, since the path of a Unix socket may have a hundred bytes only. */
async function temporaryDirectory(account: ServerAccount | null): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ci-pg-'));
  await giveTo(account, directory);
  return directory;
}

/** @returns a URL of this server; over the Unix socket unless told otherwise. */
export function postgresUrl(
  address: PostgresAddress,
  database: string,
  as: { readonly user?: string; readonly password?: string; readonly over?: 'socket' | 'tcp' } = {},
): string {
  const user = encodeURIComponent(as.user ?? SUPERUSER);
  const password = encodeURIComponent(as.password ?? address.superuserPassword);
  const server = `127.0.0.1:${String(address.port)}/${database}`;
  const socket = as.over === 'tcp' ? '' : `?host=${encodeURIComponent(address.socketDirectory)}`;
  return `postgresql://${user}:${password}@${server}${socket}`;
}

/** Below those that systems give to outgoing connections, which could take one before its server has come up. */
const PORTS = { first: 20_000, end: 32_000 };
const handedOut = new Set<number>();

/** A port of 127.0.0.1 that nobody listens on at the moment, another one each time. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.first, PORTS.end);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

/** Makes the cluster when it is missing. @returns the superuser's password, kept beside it for the next start. */
async function initialise(binaries: string, directory: string, account: ServerAccount | null): Promise<string> {
  const dataDirectory = join(directory, 'data');
  const passwordFile = join(directory, 'superuser');
  if (existsSync(join(dataDirectory, 'PG_VERSION'))) return (await readFile(passwordFile, 'utf8')).trim();

  await rm(dataDirectory, { recursive: true, force: true });
  await mkdir(dataDirectory, { mode: 0o700 });
  await giveTo(account, dataDirectory);
  const password = randomBytes(18).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await giveTo(account, passwordFile);
  const flags = [
    `--pgdata=${dataDirectory}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    '--no-sync',
  ];
  await promisify(execFile)(join(binaries, 'bin/initdb'), flags, { cwd: '/', env: ENVIRONMENT, ...account });
  return password;
}

async function untilReady(child: ChildProcess, address: PostgresAddress, logFile: string): Promise<void> {
  const deadline = Date.now() + 180_000;
  for (;;) {
    const client = new pg.Client({ connectionString: postgresUrl(address, 'postgres') });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (child.exitCode === null && Date.now() < deadline) {
        await sleep(50);
        continue;
      }
      const log = await readFile(logFile, 'utf8');
      throw new Error(`PostgreSQL did not start:\n${log.split('\n').slice(-12).join('\n')}`, { cause: error });
    }
  }
}
