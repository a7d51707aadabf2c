import type { Pool } from 'pg';

import type { KeyStore } from '#app/data/keys.ts';
import type { DatabaseRole } from '#app/data/roles.ts';
import type { Database } from '#app/data/with-shop.ts';
import type { Keyring } from '#app/vault/keyring.ts';

/** What a command works with. */
export interface OpsContext {
  readonly db: Database;
  readonly keyring: Keyring;
  readonly keyStore: KeyStore;
  /** A pool that acts as one of the database's roles; opened at the first call, closed when the command ends. */
  readonly pool: (role: DatabaseRole) => Pool;
  /** As the login that deploys: the one that may see everything, for checks that must. */
  readonly deployPool: () => Pool;
  /** Folders where logs, exports and backups lie. */
  readonly scanPaths: readonly string[];
  /** For how many days the operator keeps backups; null where they state nothing. */
  readonly backupDays: number | null;
  /** The app's own address, where the environment has it. */
  readonly appUrl?: string | undefined;
  readonly now: () => Date;
  /** Who runs the command, as it stands in the access records. */
  readonly operator: string;
  /** Everything that stands on standard input. Personal values come this way only, never as arguments. */
  readonly readInput: () => Promise<string>;
  /** One line for whoever waits; goes to standard error, so that `--json` stays clean. */
  readonly progress: (line: string) => void;
}

/** An operator's command: what it is called with, and an answer that holds nothing of a person. */
export interface OpsCommand {
  readonly name: string;
  /** The words behind the name, as the help shows them. */
  readonly usage: string;
  readonly about: string;
  /** Options beside `--json`, by name, each with a value unless it is said to be a switch. */
  readonly options?: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly multiple?: boolean }>>;
  run(context: OpsContext, words: readonly string[], options: OpsOptions): Promise<OpsAnswer>;
}

/** The options a command was called with. */
export type OpsOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface OpsAnswer {
  /** For `--json`. */
  readonly data: unknown;
  /** For a person at a terminal. */
  readonly lines: readonly string[];
  /** What the program exits with: 1 when a check found what it must not. 0 unless told. */
  readonly exitCode?: 0 | 1;
}

/** The command was called wrongly; the message says how to call it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
