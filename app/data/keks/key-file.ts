import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const GROUP_WRITE_OR_OTHERS = 0o027;
const GROUP_OR_OTHERS = 0o077;
/** A key in base64 has 44 characters; more than a few of white space is no key file. */
const MAX_BYTES = 100;

/**
 * The text of a key file, if nobody but us can read it: ours with no rights for group and others, or root's with at most
 * reading for a group of ours (how secrets are mounted).
 *
 * @returns a sentence that says what is wrong, when something is; it names no content.
 */
export async function readKeyFile(
  path: string,
  us: number | null = process.getuid?.() ?? null,
): Promise<{ readonly text: string } | string> {
  if (!path.startsWith('/')) return 'does not name a file by its full path';
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY);
  } catch {
    return 'names a file that does not exist or cannot be read';
  }
  try {
    const { mode, uid, size } = await file.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) return 'does not name a plain file';
    // A system without users has no rights to look at.
    if (us !== null) {
      if (uid !== us && uid !== 0) return 'names a file that belongs to somebody else';
      const forbidden = uid === us ? GROUP_OR_OTHERS : GROUP_WRITE_OR_OTHERS;
      if ((mode & forbidden) !== 0) return 'names a file that others may read or write: chmod 0400';
    }
    if (size > MAX_BYTES) return 'names a file that is no key: 32 bytes in base64, and nothing else';
    return { text: (await file.readFile('utf8')).trim() };
  } finally {
    await file.close();
  }
}
