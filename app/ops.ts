/** Operators' commands. Run by `npm run ops -- COMMAND`; in production `node build/programs/ops.js COMMAND`. */
import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

import pg from 'pg';

import { BootError, databaseProblem } from '#app/boot.ts';
import { poolConfig } from '#app/data/connection.ts';
import { openKeyring } from '#app/data/keks/open-keyring.ts';
import { KeyStore } from '#app/data/keys.ts';
import type { DatabaseRole } from '#app/data/roles.ts';
import { openDatabase } from '#app/data/with-shop.ts';
import { errorCode, getErrorCode } from '#app/errors.ts';
import { type OpsCommand, type OpsOptions, UsageError } from '#app/ops/command.ts';
import { COMMANDS } from '#app/ops/commands.ts';
import { EXIT_CODES, readSettings, SettingsError } from '#app/settings.ts';
import { VaultError } from '#app/vault/errors.ts';

const APPLICATION_NAME = 'cart-insights ops';
const COMMON_OPTIONS = { json: { type: 'boolean' }, help: { type: 'boolean' } } as const;

function help(): string {
  const rows = COMMANDS.map((command) => `  ${command.name} ${command.usage}\n      ${command.about}`);
  return `Usage: npm run ops -- COMMAND [--json]\n\n${rows.join('\n')}\n`;
}

async function main(args: readonly string[]): Promise<void> {
  const name = args.find((arg) => !arg.startsWith('-'));
  const command = COMMANDS.find((known) => known.name === name);
  if (args.includes('--help')) {
    process.stdout.write(help());
    return;
  }
  // Standard output is for answers alone: somebody may have put it into a file, or read it as JSON.
  if (command === undefined) {
    process.stderr.write(name === undefined ? help() : `There is no command of this name.\n\n${help()}`);
    process.exitCode = EXIT_CODES.usage;
    return;
  }
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...COMMON_OPTIONS, ...command.options },
  });
  await runCommand(command, positionals.slice(1), values);
}

async function runCommand(command: OpsCommand, words: readonly string[], options: OpsOptions): Promise<void> {
  const settings = readSettings(process.env, 'ops');
  const db = openDatabase({ url: settings.databaseUrl, applicationName: APPLICATION_NAME, max: 2 });
  const keyring = await openKeyring(settings.keks, settings);
  const pools = new Map<string, pg.Pool>();
  const poolOf = (name: string, url: string, role: DatabaseRole | null): pg.Pool => {
    const known = pools.get(name);
    if (known !== undefined) return known;
    const opened = new pg.Pool(
      poolConfig(url, role, { applicationName: APPLICATION_NAME, max: 2, statementTimeoutMs: 0 }),
    );
    // A connection that breaks while idle says so here; unheard, that would end the program in the middle of its work.
    opened.on('error', () => undefined);
    pools.set(name, opened);
    return opened;
  };
  try {
    await requireDatabase(poolOf('ci_app', settings.databaseUrl, 'ci_app'));
    const context = {
      db,
      keyring,
      keyStore: new KeyStore(keyring),
      pool: (role: DatabaseRole) => poolOf(role, settings.databaseUrl, role),
      deployPool: () => poolOf('deploy', settings.deployDatabaseUrl, null),
      scanPaths: settings.scanPaths,
      backupDays: settings.backupDays,
      appUrl: settings.shopifyAppUrl,
      now: () => new Date(),
      operator: userInfo().username,
      readInput: () => text(process.stdin),
      progress: (line: string) => void process.stderr.write(`${line}\n`),
    };
    const answer = await command.run(context, words, options);
    process.stdout.write(
      options['json'] === true ? `${JSON.stringify(answer.data)}\n` : `${answer.lines.join('\n')}\n`,
    );
    process.exitCode = answer.exitCode ?? 0;
  } finally {
    await Promise.all([...pools.values()].map((opened) => opened.end()));
    await db.close();
  }
}

/** Asked before anything else, so that no command is said to have failed that could not begin. */
async function requireDatabase(pool: pg.Pool): Promise<void> {
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    const problem = databaseProblem(error);
    throw problem === null ? error : new BootError(problem, EXIT_CODES.database);
  }
}

// Whoever read the answer has seen enough of it (`| head`): no fault, and not the 1 that says that something was found.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT_CODES.readerGone : 1);
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
  const message =
    isUsage || error instanceof SettingsError || error instanceof BootError
      ? (error as Error).message
      : error instanceof VaultError && error.code !== 'vault.unopenable'
        ? `CART_INSIGHTS_KEKS: ${error.message}`
        : `The command failed (${errorCode(error)}). What it had finished stays; run again, it goes on from there.`;
  process.stderr.write(`${message}\n`);
  process.exitCode = isUsage ? EXIT_CODES.usage : exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof SettingsError) return EXIT_CODES.settings;
  if (error instanceof BootError) return error.exitCode;
  switch (getErrorCode(error)) {
    case 'vault.bad-keyring':
      return EXIT_CODES.settings;
    case 'vault.kek-unreachable':
      return EXIT_CODES.keyService;
    default:
      return 1;
  }
}
