import { VaultError } from './errors.ts';

const LENGTH_BYTES = 4;

/**
 * Parts one after the other, each behind its length as a 32-bit big-endian number, so that no two different lists of
 * parts give the same bytes (`"ab","c"` and `"a","bc"` differ). Text is written as UTF-8.
 *
 * @param head Bytes of a known length to begin with; they get no length.
 * @throws VaultError `vault.bad-input` for text with a lone surrogate: UTF-8 would write all of them alike.
 */
export function lengthPrefixed(parts: readonly (string | Uint8Array)[], head?: Uint8Array): Buffer {
  let offset = head?.length ?? 0;
  let size = offset;
  for (const part of parts) size += LENGTH_BYTES + Buffer.byteLength(part);

  const out = Buffer.allocUnsafe(size);
  if (head !== undefined) out.set(head);
  for (const part of parts) {
    const start = offset + LENGTH_BYTES;
    const length = put(out, part, start);
    out.writeUInt32BE(length, offset);
    offset = start + length;
  }
  return out;
}

function put(out: Buffer, part: string | Uint8Array, at: number): number {
  if (typeof part === 'string') {
    if (!part.isWellFormed()) throw new VaultError('vault.bad-input', 'text is not valid Unicode');
    return out.write(part, at, 'utf8');
  }
  out.set(part, at);
  return part.length;
}
