import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type pg from 'pg';

/** A value that must be nowhere, and a place where it was found nevertheless. */
export interface Sighting {
  readonly value: string;
  /** How it was written: `raw`, `hex`, `base64+1` and so on. */
  readonly form: string;
  /** `column app.people.note`, `file base/16384/2619`. */
  readonly where: string;
}

interface Form {
  readonly value: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/**
 * The ways in which a value may have been written down: as it is, in other case, as in a URL, in JSON, in hexadecimal,
 * in UTF-16, and in Base64 wherever in a group of three bytes it began.
 */
export function formsOf(values: readonly string[]): Form[] {
  const forms = new Map<string, Form>();
  for (const value of values) {
    for (const [form, text] of Object.entries(writings(value))) {
      const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text);
      const key = bytes.toString('latin1');
      if (!forms.has(key)) forms.set(key, { value, form, bytes });
    }
  }
  return [...forms.values()];
}

function writings(value: string): Record<string, string | Buffer> {
  const hex = Buffer.from(value).toString('hex');
  const json = JSON.stringify(value).slice(1, -1);
  const written: Record<string, string | Buffer> = {
    raw: value,
    lower: value.toLowerCase(),
    upper: value.toUpperCase(),
    url: encodeURIComponent(value),
    form: new URLSearchParams({ v: value }).toString().slice(2),
    json,
    'json-ascii': json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
    hex,
    'hex-upper': hex.toUpperCase(),
    utf16: Buffer.from(value, 'utf16le'),
  };
  for (const skip of [0, 1, 2]) {
    const base64 = base64Core(Buffer.from(value), skip);
    written[`base64+${String(skip)}`] = base64;
    written[`base64url+${String(skip)}`] = base64.replaceAll('+', '-').replaceAll('/', '_');
  }
  return written;
}

/** The part of the Base64 text that does not depend on what stands before and after, begun `skip` bytes into a group. */
function base64Core(bytes: Buffer, skip: number): string {
  const text = Buffer.concat([Buffer.alloc(skip), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const start = skip === 0 ? 0 : skip + 1;
  const end = (skip + bytes.length) % 3 === 0 ? text.length : text.length - 1;
  return text.slice(start, end);
}

/** Looks for the forms in some bytes. */
export function searchBytes(bytes: Buffer, forms: readonly Form[], where: string): Sighting[] {
  return forms.filter((form) => bytes.includes(form.bytes)).map(({ value, form }) => ({ value, form, where }));
}

/** Looks through every value of every column of every table, as text and, where it is bytes, as the bytes. */
export async function searchColumns(client: pg.Client | pg.Pool, values: readonly string[]): Promise<Sighting[]> {
  const forms = formsOf(values);
  const { rows: columns } = await client.query<{ name: string; relation: string; column: string }>(
    `SELECT n.nspname || '.' || c.relname || '.' || a.attname AS name,
       format('%I.%I', n.nspname, c.relname) AS relation, format('%I', a.attname) AS column
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'`,
  );
  const sightings: Sighting[] = [];
  for (const { name, relation, column } of columns) {
    const { rows } = await client.query<{ text: string }>(
      `SELECT ${column}::text AS text FROM ${relation} WHERE ${column} IS NOT NULL`,
    );
    for (const { text } of rows) {
      sightings.push(...searchBytes(Buffer.from(text), forms, `column ${name}`));
      if (text.startsWith('\\x')) {
        sightings.push(...searchBytes(Buffer.from(text.slice(2), 'hex'), forms, `column ${name}`));
      }
    }
  }
  return sightings;
}

/** Looks through all files below a directory, read whole one after the other: heap, indexes, WAL, logs alike. */
export function searchFiles(directory: string, values: readonly string[]): Sighting[] {
  const forms = formsOf(values);
  return globSync('**/*', { cwd: directory }).flatMap((path) => {
    const file = join(directory, path);
    const bytes = getFile(file);
    return bytes === null ? [] : searchBytes(bytes, forms, `file ${path}`);
  });
}

/** Null for a folder, and for a file that another test's database took with it while we looked. */
function getFile(file: string): Buffer | null {
  try {
    return statSync(file).isFile() ? readFileSync(file) : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
