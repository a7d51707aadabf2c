import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Grant } from './admin-api/access-tokens.ts';

/** What outlives a restart: without it the app's stored tokens would be unknown to the next stand-in. */
export interface KeptState {
  readonly installed: readonly string[];
  readonly orderNumbers: Readonly<Record<string, number>>;
  readonly grants: readonly Grant[];
  /** Absent in files of an earlier version. */
  readonly scopes?: Readonly<Record<string, readonly string[]>>;
}

export function readState(file: string): KeptState | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as KeptState) : null;
}

/** Replaces the file as a whole, so that a killed process leaves the old or the new one. */
export function writeState(file: string, state: KeptState): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2));
  renameSync(`${file}.new`, file);
}
