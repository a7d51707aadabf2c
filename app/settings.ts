import { accessSync, constants, existsSync, statSync } from 'node:fs';

import { z } from 'zod';

import { getDatabaseAddress } from '#app/data/connection.ts';
import { KEK_SCHEMES } from '#app/data/keks/open-keyring.ts';
import type { VaultAccess } from '#app/data/keks/vault-transit.ts';
import { LOG_LEVELS, type LogLevel } from '#app/log.ts';

/** What the programs exit with; other failures end with 1. */
export const EXIT_CODES = {
  /** A setting is missing or malformed; the message names each (EX_CONFIG of sysexits.h). */
  settings: 78,
  /** The database does not answer or is not deployed (EX_UNAVAILABLE). */
  database: 69,
  /** The service that holds a key-encryption key does not answer (EX_TEMPFAIL). */
  keyService: 75,
  /** An ops command was called wrongly (EX_USAGE). */
  usage: 64,
  /** Whoever read an ops command's answer was gone before its end (128 and SIGPIPE, as other programs end then). */
  readerGone: 141,
} as const;

/** A program, as far as it needs settings. `start` is edge, web and worker in one; `deploy` is `npm run db:deploy`. */
export type Program = 'edge' | 'web' | 'worker' | 'start' | 'deploy' | 'ops';

interface CommonSettings {
  readonly isProduction: boolean;
  readonly logLevel: LogLevel;
  readonly databaseUrl: string;
}

interface ShopifySettings {
  readonly shopifyApiKey: string;
  readonly shopifyApiSecret: string;
}

interface KeySettings {
  /** For openKeyring of the data layer. */
  readonly keks: string;
  readonly vault: VaultAccess;
}

interface MailSettings {
  /** Null where the operator has no mail server: notices then show in the app alone. */
  readonly mail: { readonly smtpUrl: string; readonly from: string; readonly requiresTls: boolean } | null;
}

interface ListenSettings {
  readonly host: string;
}

interface EdgeSettings extends ListenSettings, KeySettings {
  readonly edgePort: number;
  readonly shopifyApiSecret: string;
  /** While the app's secret is rotated: the one that webhooks may be signed with as well. */
  readonly otherShopifyApiSecret: string | null;
}

interface WebSettings extends ListenSettings, KeySettings, ShopifySettings {
  readonly shopifyAppUrl: string;
  readonly port: number;
  /** How many proxies in front add the address they saw to `X-Forwarded-For`. */
  readonly proxies: number;
}

interface BackupSettings {
  /** For how many days the operator keeps backups; null where they state nothing. */
  readonly backupDays: number | null;
}

interface HealthSettings extends ListenSettings {
  /** Where the worker says whether it is well; null: nowhere. */
  readonly workerPort: number | null;
}

interface CheckpointSettings {
  /** Where the worker writes signed checkpoints of the access logs; null when nowhere. */
  readonly checkpointDirectory: string | null;
}

interface ProgramSettings {
  edge: EdgeSettings;
  web: WebSettings;
  worker: KeySettings & ShopifySettings & BackupSettings & CheckpointSettings & MailSettings & HealthSettings;
  start: EdgeSettings & WebSettings & BackupSettings & CheckpointSettings & MailSettings;
  deploy: { readonly deployDatabaseUrl: string };
  ops: KeySettings &
    BackupSettings & {
      readonly deployDatabaseUrl: string;
      /** For links that an operator hands out; every other command does without. */
      readonly shopifyAppUrl?: string | undefined;
      /** Folders where logs, exports and backups lie, for the scanner. */
      readonly scanPaths: readonly string[];
    };
}

export type Settings<P extends Program> = CommonSettings & ProgramSettings[P];

/** Names every setting that is missing or malformed, and never says what stands in one. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  /** One sentence for each setting. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`These settings need attention:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

const KEK_PATTERN = /^[a-z0-9-]{1,32}(:[A-Za-z0-9+/]{43}=|=[a-z0-9-]+:\S+)$/;

const keks = z
  .string()
  .refine(
    (text) => text.split(',').every((kek) => KEK_PATTERN.test(kek.trim())),
    `must be a comma separated list of id:key or id=place:name, the id 1 to 32 of a-z, 0-9 and -, the key 32 bytes in base64, the place one of ${KEK_SCHEMES.join(', ')}; the first one is used for new keys`,
  );

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be a port number');

const text = z.string().min(1);

const apiSecret = text.regex(/^\S{8,128}$/, "must be the app's client secret, without spaces");

/** One entry for each setting. Empty counts as missing. */
const SCHEMAS = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'], 'must be development, test or production')
    // Forgotten, the strict one holds.
    .default('production'),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  DATABASE_URL: text,
  DEPLOY_DATABASE_URL: text.optional(),
  SHOPIFY_API_KEY: text.regex(/^[\w-]{8,64}$/, "must be the app's client id"),
  SHOPIFY_API_SECRET: apiSecret,
  SHOPIFY_API_SECRET_OTHER: apiSecret.optional(),
  SHOPIFY_APP_URL: text,
  CART_INSIGHTS_KEKS: keks,
  CART_INSIGHTS_SCAN_PATHS: text.default(''),
  SMTP_URL: text
    .refine(isSmtpUrl, 'must be smtps://user:password@host:port, or smtp:// for a server with STARTTLS, and no more')
    .optional(),
  MAIL_FROM: text
    .regex(/^[^\r\n<>]*<?[^\s@<>]+@[^\s@<>]+>?$/, 'must be an address such as Cart Insights <app@example.com>')
    .optional(),
  VAULT_TOKEN: text.regex(/^\S+$/, 'must be a token, without spaces').optional(),
  VAULT_TOKEN_FILE: text.optional(),
  VAULT_NAMESPACE: text.optional(),
  HOST: text.default('127.0.0.1'),
  PORT: port.default(3000),
  EDGE_PORT: port.default(3001),
  WORKER_PORT: port.optional(),
  CART_INSIGHTS_PROXIES: z
    .string()
    .regex(/^\d$/, 'must be the number of proxies in front, 0 to 9')
    .transform(Number)
    // Forgotten, nobody is believed about where they come from.
    .default(0),
  CART_INSIGHTS_BACKUP_DAYS: z
    .string()
    .regex(/^\d{1,4}$/, 'must be the number of days for which backups are kept')
    .transform(Number)
    .optional(),
  CART_INSIGHTS_CHECKPOINT_DIRECTORY: text
    .refine(isWritableDirectory, 'must name a directory that exists and that this user may write to')
    .optional(),
} as const;

type Name = keyof typeof SCHEMAS;

const EVERYBODY: readonly Name[] = ['NODE_ENV', 'LOG_LEVEL', 'DATABASE_URL'];
const SHOPIFY: readonly Name[] = ['SHOPIFY_API_KEY', 'SHOPIFY_API_SECRET'];
const KEYS: readonly Name[] = ['CART_INSIGHTS_KEKS', 'VAULT_TOKEN', 'VAULT_TOKEN_FILE', 'VAULT_NAMESPACE'];
const EDGE: readonly Name[] = ['SHOPIFY_API_SECRET', 'SHOPIFY_API_SECRET_OTHER', ...KEYS, 'HOST', 'EDGE_PORT'];
const MAIL: readonly Name[] = ['SMTP_URL', 'MAIL_FROM'];
const WEB: readonly Name[] = [...SHOPIFY, 'SHOPIFY_APP_URL', ...KEYS, 'HOST', 'PORT', 'CART_INSIGHTS_PROXIES'];

const WORKER: readonly Name[] = [
  ...SHOPIFY,
  ...KEYS,
  'HOST',
  'WORKER_PORT',
  'CART_INSIGHTS_BACKUP_DAYS',
  'CART_INSIGHTS_CHECKPOINT_DIRECTORY',
  ...MAIL,
];

const NEEDS: Readonly<Record<Program, readonly Name[]>> = {
  edge: EDGE,
  web: WEB,
  worker: WORKER,
  start: [...EDGE, ...WEB, ...WORKER],
  deploy: ['DEPLOY_DATABASE_URL'],
  ops: [...KEYS, 'DEPLOY_DATABASE_URL', 'CART_INSIGHTS_SCAN_PATHS', 'CART_INSIGHTS_BACKUP_DAYS', 'SHOPIFY_APP_URL'],
};

/** What a program takes if it is there and can do without. */
const CAN_DO_WITHOUT: Readonly<Partial<Record<Program, readonly Name[]>>> = { ops: ['SHOPIFY_APP_URL'] };

type Values = { [N in Name]: z.infer<(typeof SCHEMAS)[N]> };

/**
 * Reads what a program needs from its environment, once, at boot.
 *
 * In production, addresses of the app must be HTTPS, and a database is reached over a Unix socket or over TLS that
 * verifies the server's certificate and name.
 *
 * @throws SettingsError that names every setting at fault.
 */
export function readSettings<P extends Program>(
  env: Readonly<Record<string, string | undefined>>,
  program: P,
): Settings<P> {
  const values: Partial<Record<Name, unknown>> = {};
  const problems: string[] = [];
  for (const name of new Set([...EVERYBODY, ...NEEDS[program]])) {
    const raw = env[name]?.trim();
    if ((raw ?? '') === '' && CAN_DO_WITHOUT[program]?.includes(name) === true) continue;
    const result = SCHEMAS[name].safeParse(raw === '' ? undefined : raw);
    if (result.success) values[name] = result.data;
    else problems.push(raw === undefined || raw === '' ? `${name} is missing` : `${name} ${firstIssue(result.error)}`);
  }
  const isProduction = values.NODE_ENV === 'production';
  for (const name of ['DATABASE_URL', 'DEPLOY_DATABASE_URL'] as const) {
    const problem = typeof values[name] === 'string' ? databaseProblem(values[name], isProduction) : null;
    if (problem !== null) problems.push(`${name} ${problem}`);
  }
  const urlProblem =
    typeof values.SHOPIFY_APP_URL === 'string' ? appUrlProblem(values.SHOPIFY_APP_URL, isProduction) : null;
  if (urlProblem !== null) problems.push(`SHOPIFY_APP_URL ${urlProblem}`);
  if (values.SMTP_URL !== undefined && (env['MAIL_FROM'] ?? '').trim() === '')
    problems.push('MAIL_FROM is missing: mails need a sender');
  if (problems.length > 0) throw new SettingsError(problems);

  // Only the fields of this program were read; the type says which.
  return settingsOf(values as Values);
}

function settingsOf(values: Values): Settings<'start'> & Settings<'deploy'> & Settings<'ops'> & Settings<'worker'> {
  return {
    isProduction: values.NODE_ENV === 'production',
    logLevel: values.LOG_LEVEL,
    databaseUrl: values.DATABASE_URL,
    deployDatabaseUrl: values.DEPLOY_DATABASE_URL ?? values.DATABASE_URL,
    shopifyApiKey: values.SHOPIFY_API_KEY,
    shopifyApiSecret: values.SHOPIFY_API_SECRET,
    otherShopifyApiSecret: values.SHOPIFY_API_SECRET_OTHER ?? null,
    shopifyAppUrl: values.SHOPIFY_APP_URL,
    keks: values.CART_INSIGHTS_KEKS,
    scanPaths:
      (values.CART_INSIGHTS_SCAN_PATHS as string | undefined)?.split(',').flatMap((path) => path.trim() || []) ?? [],
    mail: mailOf(values),
    vault: {
      token: values.VAULT_TOKEN ?? null,
      tokenPath: values.VAULT_TOKEN_FILE ?? null,
      namespace: values.VAULT_NAMESPACE ?? null,
    },
    host: values.HOST,
    port: values.PORT,
    proxies: values.CART_INSIGHTS_PROXIES,
    edgePort: values.EDGE_PORT,
    workerPort: values.WORKER_PORT ?? null,
    backupDays: values.CART_INSIGHTS_BACKUP_DAYS ?? null,
    checkpointDirectory: values.CART_INSIGHTS_CHECKPOINT_DIRECTORY ?? null,
  };
}

/** In production a mail crosses the network in TLS or not at all. */
function mailOf({ SMTP_URL: smtpUrl, MAIL_FROM: from, NODE_ENV }: Values): Settings<'worker'>['mail'] {
  if (smtpUrl === undefined || from === undefined) return null;
  return { smtpUrl, from, requiresTls: NODE_ENV === 'production' };
}

function isWritableDirectory(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Options behind the address could turn TLS off again. */
function isSmtpUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(url);
  return /^smtps?:$/.test(protocol) && hostname !== '' && /^\/?$/.test(pathname) && search === '' && hash === '';
}

function firstIssue(error: z.ZodError): string {
  return error.issues[0]?.message ?? 'is malformed';
}

function databaseProblem(url: string, isProduction: boolean): string | null {
  const address = getDatabaseAddress(url);
  if (address === null) return 'must be postgresql://user:password@host:port/database';
  if (!Number.isInteger(address.port) || address.port < 1 || address.port > 65_535)
    return 'names a port that does not exist';
  if (address.isUnixSocket) return null;
  if (isProduction && address.sslMode !== 'verify-full') {
    return 'must use a Unix socket (host=/path) or TLS that verifies the server (sslmode=verify-full) in production';
  }
  if (address.sslRootCertPath !== null && !existsSync(address.sslRootCertPath))
    return 'names an sslrootcert file that does not exist';
  return null;
}

function appUrlProblem(url: string, isProduction: boolean): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol))
    return 'must be an address such as https://app.example.com';
  if (isProduction && parsed.protocol !== 'https:') return 'must use HTTPS in production';
  if (parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== '') return 'must be an origin, without a path';
  if (parsed.username !== '' || parsed.password !== '') return 'must be an origin, without a user';
  return null;
}
