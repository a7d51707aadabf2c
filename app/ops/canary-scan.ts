import { readlink, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { sqlTxOfPg } from '#app/data/sql-tx.ts';
import { type OpsAnswer, type OpsCommand, type OpsContext, UsageError } from '#app/ops/command.ts';
import { onOperatorRecord } from '#app/ops/on-record.ts';
import { scanColumns } from '#app/privacy/scan/columns.ts';
import { checkSearch } from '#app/privacy/scan/control.ts';
import { type FileScan, scanFiles } from '#app/privacy/scan/files.ts';
import { MIN_VALUE_BYTES, needlesOf } from '#app/privacy/scan/needles.ts';
import { NeedleSearch, type Sighting } from '#app/privacy/scan/search.ts';

const PROGRESS_EVERY_MS = 2_000;

/** `canary:scan`: whether given values stand anywhere in clear. */
export const canaryScanCommand: OpsCommand = {
  name: 'canary:scan',
  usage: '[--path FOLDER ...]  < VALUES',
  about:
    'Looks for values, one on each line of standard input, in every column, the server’s files, its WAL, and the given folders (logs, exports, backups). Says where, never what.',
  options: { path: { type: 'string', multiple: true } },
  run: async (context, words, options) => {
    if (words.length > 0) throw new UsageError('canary:scan takes values from standard input only, never as arguments');
    const values = valuesOf(await context.readInput());
    const search = new NeedleSearch(needlesOf(values));
    const control = checkSearch();
    return onOperatorRecord(context, { command: 'canary:scan' }, async () => {
      const columns = await scanAllColumns(context, search);
      const folders = [...(await serverFolders(context)), ...context.scanPaths, ...pathsOf(options['path'])];
      const files = await scanFolders(context, folders, search);
      return answerOf(values.length, control, columns, files);
    });
  },
};

function valuesOf(input: string): string[] {
  const values = input.split('\n').flatMap((line) => line.trim() || []);
  if (values.length === 0) throw new UsageError('No values came on standard input, one on each line');
  const short = values.findIndex((value) => Buffer.byteLength(value) < MIN_VALUE_BYTES);
  if (short !== -1)
    throw new UsageError(`Value ${short + 1} is shorter than ${MIN_VALUE_BYTES} bytes: chance would find it`);
  return values;
}

function pathsOf(option: unknown): string[] {
  return Array.isArray(option) ? option.filter((path) => typeof path === 'string') : [];
}

async function scanAllColumns({ deployPool, progress }: OpsContext, search: NeedleSearch) {
  const client = await deployPool().connect();
  try {
    // So that what was committed a moment ago is in the files that are read afterwards. Not everybody may.
    await client.query('CHECKPOINT').catch(() => undefined);
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const scan = await scanColumns(sqlTxOfPg(client), search, {
      onProgress: (table, rows) => progress(`${table}: ${rows} rows`),
    });
    await client.query('COMMIT');
    return scan;
  } finally {
    client.release();
  }
}

/** Where the server keeps its data, its WAL and its log, as far as it tells us and they are on this machine. */
async function serverFolders({ deployPool, progress }: OpsContext): Promise<string[]> {
  const { rows } = await deployPool().query<{ data: string | null; log: string | null }>(
    `SELECT max(setting) FILTER (WHERE name = 'data_directory') AS data,
       max(setting) FILTER (WHERE name = 'log_directory') AS log FROM pg_settings`,
  );
  const data = rows[0]?.data ?? null;
  const real = data === null ? null : await realpath(data).catch(() => null);
  if (real === null) {
    progress('The server’s files are not on this machine, or it does not say where: only columns and given folders.');
    return [];
  }
  const log = rows[0]?.log ?? null;
  const wal = await readlink(join(real, 'pg_wal')).catch(() => null);
  // A relative log directory lies in the data directory.
  const apart = [wal, log?.startsWith('/') === true ? log : null].filter((path) => path !== null);
  return [real, ...apart.filter((path) => dirname(path) !== real)];
}

interface FolderScan extends FileScan {
  readonly folder: string;
}

async function scanFolders({ progress }: OpsContext, folders: readonly string[], search: NeedleSearch) {
  const scans: FolderScan[] = [];
  for (const folder of new Set(folders)) {
    let toldAt = performance.now();
    const scan = await scanFiles(folder, search, (files, bytes) => {
      if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = performance.now();
      progress(`${folder}: ${files} files, ${Math.round(bytes / 1e6)} MB`);
    }).catch(() => {
      throw new UsageError(`${folder} cannot be looked at`);
    });
    progress(`${folder}: ${scan.files} files, ${Math.round(scan.bytes / 1e6)} MB`);
    scans.push({ folder, ...scan });
  }
  return scans;
}

function answerOf(
  valueCount: number,
  control: { readonly planted: number; readonly found: number },
  columns: Awaited<ReturnType<typeof scanColumns>>,
  folders: readonly FolderScan[],
): OpsAnswer {
  const sightings = [
    ...columns.sightings,
    ...folders.flatMap(({ folder, sightings: found }) =>
      found.map((one) => ({ ...one, where: `${one.where} in ${folder}` })),
    ),
  ];
  const unread = [
    ...columns.unread,
    ...folders.flatMap(({ folder, unread: paths }) => paths.map((path) => join(folder, path))),
  ];
  const data = {
    values: valueCount,
    hits: sightings.length,
    places: sightings.map(({ value, form, where }) => ({ value: value + 1, form, where })),
    control,
    looked: {
      columns: columns.columns,
      rows: columns.rows,
      files: folders.reduce((sum, { files }) => sum + files, 0),
      bytes: folders.reduce((sum, { bytes }) => sum + bytes, 0),
      folders: folders.map(({ folder }) => folder),
    },
    unread,
  };
  const isWhole = unread.length === 0 && control.found === control.planted;
  return { data, lines: linesOf(data, sightings), exitCode: sightings.length === 0 && isWhole ? 0 : 1 };
}

function linesOf(
  {
    values,
    control,
    looked,
    unread,
  }: {
    values: number;
    control: { planted: number; found: number };
    looked: { columns: number; rows: number; files: number; bytes: number };
    unread: readonly string[];
  },
  sightings: readonly Sighting[],
): string[] {
  return [
    `Looked for ${values} values in ${looked.columns} columns (${looked.rows} rows) and ${looked.files} files (${Math.round(looked.bytes / 1e6)} MB).`,
    `Control: ${control.found} of ${control.planted} planted forms were found.`,
    ...sightings.map(({ value, form, where }) => `FOUND value ${value + 1} as ${form} in ${where}`),
    ...unread.map((place) => `NOT LOOKED AT ${place}`),
    sightings.length === 0 ? 'Found nothing.' : `Found ${sightings.length} times.`,
    ...(unread.length === 0
      ? []
      : ['Not everything could be looked at: set DEPLOY_DATABASE_URL to a login that may see everything.']),
  ];
}
