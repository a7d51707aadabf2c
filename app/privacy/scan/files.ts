import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { getErrorCode } from '#app/errors.ts';
import type { NeedleSearch, Sighting } from '#app/privacy/scan/search.ts';

/** What a walk through files saw. */
export interface FileScan {
  readonly sightings: readonly Sighting[];
  readonly files: number;
  readonly bytes: number;
  /** Files and folders that could not be read: nothing is known of them. */
  readonly unread: readonly string[];
}

const PIECE_BYTES = 8 * 1024 * 1024;

/**
 * Looks through all files below a folder, or one file: heap, indexes, WAL, logs, exports, backups alike. Names are looked at
 * too. Large files are read in overlapping pieces. A file that goes away while we look is nobody's error.
 */
export async function scanFiles(
  root: string,
  search: NeedleSearch,
  onProgress: (files: number, bytes: number) => void = () => undefined,
): Promise<FileScan> {
  const sightings: Sighting[] = [];
  const unread: string[] = [];
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let files = 0;
  let bytes = 0;
  for await (const path of filesBelow(root, unread)) {
    const where = `file ${path === '' ? root : path}`;
    try {
      sightings.push(...search.sightings(Buffer.from(path), where));
      const seen = await scanFile(path === '' ? root : join(root, path), piece, search, where);
      sightings.push(...seen.sightings);
      bytes += seen.bytes;
      files += 1;
      onProgress(files, bytes);
    } catch (error) {
      if (getErrorCode(error) !== 'ENOENT') unread.push(path);
    }
  }
  return { sightings, files, bytes, unread };
}

async function scanFile(
  file: string,
  piece: Buffer,
  search: NeedleSearch,
  where: string,
): Promise<{ sightings: Sighting[]; bytes: number }> {
  const found = new Map<string, Sighting>();
  const handle = await open(file, 'r');
  let bytes = 0;
  try {
    // What stood at the end of the piece before, where a needle may have begun.
    let kept = 0;
    for (;;) {
      const { bytesRead } = await handle.read(piece, kept, piece.length - kept, null);
      if (bytesRead === 0) break;
      bytes += bytesRead;
      const filled = piece.subarray(0, kept + bytesRead);
      for (const sighting of search.sightings(filled, where)) found.set(`${sighting.value} ${sighting.form}`, sighting);
      kept = Math.min(filled.length, search.longest);
      filled.copy(piece, 0, filled.length - kept);
    }
  } finally {
    await handle.close();
  }
  return { sightings: [...found.values()], bytes };
}

/** Paths relative to the root; '' for a root that is itself a file. Links are not followed: what they point at is looked at where it is. */
async function* filesBelow(root: string, unread: string[]): AsyncGenerator<string> {
  const kind = await lstat(root);
  if (kind.isFile()) {
    yield '';
    return;
  }
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (getErrorCode(error) !== 'ENOENT') unread.push(folder);
      return [];
    });
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) yield path;
    }
  }
}
