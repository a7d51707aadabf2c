import type { Database } from '#app/data/with-shop.ts';

/** What a command works with. */
export interface OpsContext {
  readonly db: Database;
  readonly now: () => Date;
  /** Who runs the command, as it stands in the access records. */
  readonly operator: string;
}

/** An operator's command: what it is called with, and an answer that holds nothing of a person. */
export interface OpsCommand {
  readonly name: string;
  /** The words behind the name, as the help shows them. */
  readonly usage: string;
  readonly about: string;
  run(context: OpsContext, words: readonly string[]): Promise<OpsAnswer>;
}

export interface OpsAnswer {
  /** For `--json`. */
  readonly data: unknown;
  /** For a person at a terminal. */
  readonly lines: readonly string[];
}

/** The command was called wrongly; the message says how to call it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
