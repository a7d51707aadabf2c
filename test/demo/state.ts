import { join } from 'node:path';

import { readJson } from '#test/demo/json-file.ts';

/** `.demo/state.json`: what a running demo can be reached by. It is there as long as everything answers. */
export interface DemoState {
  /** The page to open: the stand-in's admin of the shop, with the app in it. */
  readonly adminUrl: string;
  /** The app as the browser sees it. */
  readonly appUrl: string;
  /** The origin webhooks are posted to. */
  readonly webhookUrl: string;
  /** A superuser's connection. */
  readonly databaseUrl: string;
  /** Domain of the shop that has the app. */
  readonly shop: string;
  readonly apiKey: string;
  /** Signs webhooks and session tokens. */
  readonly apiSecret: string;
  readonly dataDir: string;
  readonly logFiles: readonly string[];
  /** Process ids by name; written anew whenever one changes. */
  readonly pids: Readonly<Record<string, number>>;
}

/** The settings of the app's programs, for `npm run ops`. */
export function environmentFile(directory: string): string {
  return join(directory, 'env.json');
}

export function stateFile(directory: string): string {
  return join(directory, 'state.json');
}

export function readState(directory: string): DemoState | null {
  return readJson(stateFile(directory)) as DemoState | null;
}
