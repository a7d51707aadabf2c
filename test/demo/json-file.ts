import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Replaces the file as a whole, so that whoever reads it sees the old or the new one. Only we may read it. */
export function writeJson(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** @returns null when there is no such file or a killed program left half of it. */
export function readJson(file: string): unknown {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch {
    return null;
  }
}
