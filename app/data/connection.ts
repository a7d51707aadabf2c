import { readFileSync } from 'node:fs';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';

import type { PoolConfig } from 'pg';

import type { DatabaseRole } from '#app/data/roles.ts';

/** What may differ between two pools of one program; everything else is the same for all of them. */
export interface PoolSettings {
  /** Shown in pg_stat_activity, so that an operator sees which program holds a connection. */
  readonly applicationName: string;
  /** Most connections open at once. */
  readonly max?: number;
  /** How long to wait for a free or new connection before giving up. */
  readonly connectTimeoutMs?: number;
  /** The server cancels a statement that runs longer; 0 means no limit. */
  readonly statementTimeoutMs?: number;
  /** A connection nobody used for this long is closed; 0 keeps it for ever. */
  readonly idleTimeoutMs?: number;
}

/** Where a database is and how it is reached, read from a `postgresql://` URL. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** The host is a directory that holds the server's Unix socket. */
  readonly isUnixSocket: boolean;
  readonly sslMode: string | null;
  /** PEM file of the certificate authority that signed the server's certificate. */
  readonly sslRootCertPath: string | null;
}

/**
 * Reads a PostgreSQL URL. A Unix socket may be written as `?host=/run/postgresql` or as the percent-encoded host
 * `%2Frun%2Fpostgresql` (both as libpq does).
 *
 * @returns null when the text is not such a URL or names no database or user.
 */
export function getDatabaseAddress(databaseUrl: string): DatabaseAddress | null {
  // An empty host ("postgresql:///db?host=/run/x") is legal for libpq, but no URL parser accepts user@ with an empty host.
  const url = parseUrl(databaseUrl.replace(/^(postgres(?:ql)?:\/\/[^/@]*@)\//, '$1localhost/'));
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) return null;
  try {
    const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1');
    const database = decodeURIComponent(url.pathname.slice(1));
    const user = decodeURIComponent(url.username);
    if (host === '' || database === '' || user === '') return null;
    return {
      host,
      port: Number(url.searchParams.get('port') ?? (url.port === '' ? 5432 : url.port)),
      database,
      user,
      password: decodeURIComponent(url.password),
      isUnixSocket: host.startsWith('/'),
      sslMode: url.searchParams.get('sslmode'),
      sslRootCertPath: url.searchParams.get('sslrootcert'),
    };
  } catch {
    return null;
  }
}

/**
 * The configuration of a `pg` pool (and of Prisma's adapter) that acts as one database role from its first statement on.
 *
 * The login user owns no right of its own: it may only become one of the roles, and does so while connecting, so that
 * no statement can run before.
 *
 * @throws TypeError when the URL is malformed (settings.ts has checked it before); an fs error when the certificate is missing.
 */
export function poolConfig(databaseUrl: string, role: DatabaseRole | null, settings: PoolSettings): PoolConfig {
  const address = getDatabaseAddress(databaseUrl);
  if (address === null) throw new TypeError('The database URL is malformed');
  const ssl = tlsOptions(address);
  return {
    host: address.host,
    port: address.port,
    database: address.database,
    user: address.user,
    password: address.password,
    ...(ssl === null ? {} : { ssl }),
    // Days are UTC days everywhere, whatever the server thinks.
    options: role === null ? '-c timezone=UTC' : `-c role=${role} -c timezone=UTC`,
    application_name: settings.applicationName,
    max: settings.max ?? 10,
    connectionTimeoutMillis: settings.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: settings.idleTimeoutMs ?? 30_000,
    statement_timeout: settings.statementTimeoutMs ?? 30_000,
    // A transaction whose program hangs must not hold a shop's lock for ever.
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
  };
}

/**
 * `verify-full` and `verify-ca` check the chain; only `verify-full` checks the name too. `require` encrypts without
 * checking anybody, which settings.ts refuses in production.
 */
function tlsOptions(address: DatabaseAddress): ConnectionOptions | null {
  if (address.isUnixSocket || address.sslMode === null || address.sslMode === 'disable') return null;
  const ca = address.sslRootCertPath === null ? {} : { ca: readFileSync(address.sslRootCertPath, 'utf8') };
  switch (address.sslMode) {
    case 'verify-full':
      // Said explicitly: for a numeric host, `pg` leaves the name to Node, which would then check "localhost".
      return {
        ...ca,
        rejectUnauthorized: true,
        checkServerIdentity: (_, certificate) => checkServerIdentity(address.host, certificate),
      };
    case 'verify-ca':
      return { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    default:
      return { rejectUnauthorized: false };
  }
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
