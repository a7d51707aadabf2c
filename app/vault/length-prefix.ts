const LENGTH_BYTES = 4;

/**
 * Parts one after the other, each behind its length as a 32-bit big-endian number, so that no two different lists of
 * parts give the same bytes (`"ab","c"` and `"a","bc"` differ).
 */
export function lengthPrefixed(parts: readonly (string | Uint8Array)[]): Buffer {
  const lengths = parts.map((part) => (typeof part === 'string' ? Buffer.byteLength(part) : part.length));
  const out = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + LENGTH_BYTES + length, 0));
  let offset = 0;
  parts.forEach((part, index) => {
    const length = lengths[index] ?? 0;
    offset = out.writeUInt32BE(length, offset);
    if (typeof part === 'string') out.write(part, offset, 'utf8');
    else out.set(part, offset);
    offset += length;
  });
  return out;
}
