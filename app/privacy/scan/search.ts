import { constants, inflateRawSync, inflateSync } from 'node:zlib';

import type { Needle } from '#app/privacy/scan/needles.ts';

/** A value that was found: which, in which form, and where. */
export interface Sighting {
  /** Index of the value in the list that was looked for. */
  readonly value: number;
  readonly form: string;
  /** `column app.people.note`, `file base/16384/2619`. */
  readonly where: string;
}

/** What a compressed stream may unpack to before it is left: enough for any document, not for a bomb. */
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;
const MAX_WINDOW_BYTES = 64;

/**
 * Looks for many needles in one pass that skips most of the bytes (S. Wu, U. Manber, "A fast algorithm for multi-pattern
 * searching", 1994, with blocks of two bytes): a window as long as the shortest needle is laid over the bytes, and its last
 * two say how far it can be moved without missing anything.
 */
export class NeedleSearch {
  /** How far to move for each pair of bytes; 0 where a needle may stand. */
  readonly #shifts: Uint16Array;
  /** The needles whose first bytes, as many as the window has, end with this pair. */
  readonly #byPair = new Map<number, Needle[]>();
  readonly #windowBytes: number;
  /** Length of the longest needle, for whoever cuts bytes into pieces. */
  readonly longest: number;

  constructor(needles: readonly Needle[]) {
    this.longest = Math.max(0, ...needles.map(({ bytes }) => bytes.length));
    this.#windowBytes = Math.min(MAX_WINDOW_BYTES, ...needles.map(({ bytes }) => bytes.length));
    const last = this.#windowBytes - 2;
    this.#shifts = new Uint16Array(65_536).fill(last + 1);
    for (const needle of needles) {
      for (let at = 0; at <= last; at += 1) {
        const pair = needle.bytes.readUInt16BE(at);
        this.#shifts[pair] = Math.min(this.#shifts[pair] ?? 0, last - at);
      }
      const pair = needle.bytes.readUInt16BE(last);
      this.#byPair.set(pair, [...(this.#byPair.get(pair) ?? []), needle]);
    }
  }

  /** The needles that occur in the bytes, each once; what is compressed in them is unpacked and searched as well. */
  find(bytes: Buffer): { readonly value: number; readonly form: string }[] {
    const found = new Map(this.#findPlain(bytes).map((needle) => [needle, needle.form]));
    for (const { name, unpacked } of unpackedStreams(bytes)) {
      for (const needle of this.#findPlain(unpacked)) {
        if (!found.has(needle)) found.set(needle, `${name}:${needle.form}`);
      }
    }
    return [...found].map(([{ value }, form]) => ({ value, form }));
  }

  /** {@link find} in what is known to be text: nothing compressed stands in it, since that would not be UTF-8. */
  findInText(text: string): { readonly value: number; readonly form: string }[] {
    return this.#findPlain(Buffer.from(text)).map(({ value, form }) => ({ value, form }));
  }

  /** {@link find}, with the place added. */
  sightings(bytes: Buffer, where: string): Sighting[] {
    return this.find(bytes).map((found) => ({ ...found, where }));
  }

  #findPlain(bytes: Buffer): Needle[] {
    const shifts = this.#shifts;
    const found = new Set<Needle>();
    const { length } = bytes;
    for (let end = this.#windowBytes - 1; end < length;) {
      const pair = ((bytes[end - 1] ?? 0) << 8) | (bytes[end] ?? 0);
      const shift = shifts[pair] ?? 1;
      if (shift === 0) this.#compare(bytes, end - this.#windowBytes + 1, pair, found);
      end += shift === 0 ? 1 : shift;
    }
    return [...found];
  }

  #compare(bytes: Buffer, start: number, pair: number, found: Set<Needle>): void {
    for (const needle of this.#byPair.get(pair) ?? []) {
      const end = start + needle.bytes.length;
      if (bytes[start] !== needle.bytes[0] || end > bytes.length || found.has(needle)) continue;
      if (bytes.compare(needle.bytes, 0, needle.bytes.length, start, end) === 0) found.add(needle);
    }
  }
}

/** Compressed streams that begin somewhere in the bytes: gzip and zlib by their marks, and bare deflate at the beginning. */
function unpackedStreams(bytes: Buffer): { name: string; unpacked: Buffer }[] {
  const streams: { name: string; unpacked: Buffer }[] = [];
  const add = (name: string, unpack: typeof inflateSync, from: number): void => {
    const unpacked = getUnpacked(unpack, bytes.subarray(from));
    if (unpacked !== null) streams.push({ name, unpacked });
  };
  for (let at = bytes.indexOf(GZIP_MARK); at !== -1; at = bytes.indexOf(GZIP_MARK, at + 1)) {
    add('gzip', inflateRawSync, gzipContentStart(bytes, at));
  }
  for (let at = bytes.indexOf(0x78); at !== -1; at = bytes.indexOf(0x78, at + 1)) {
    if (canBeZlib(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0)) add('zlib', inflateSync, at);
  }
  if (bytes.length <= MAX_UNPACKED_BYTES && canBeDeflate(bytes)) add('deflate', inflateRawSync, 0);
  return streams;
}

/** RFC 1950: the two header bytes are a multiple of 31 and ask for no dictionary. RFC 1951: there is no fourth type of block. */
function canBeZlib(flags: number, firstBlock: number): boolean {
  return (0x7800 + flags) % 31 === 0 && (flags & 0x20) === 0 && (firstBlock & 6) !== 6;
}

/**
 * RFC 1951, section 3.2: a block that is stored has its length twice, the second time inverted; one that is packed has at
 * most 286 codes for letters and 30 for distances; and there is no fourth type. Spares most values an attempt in vain.
 */
function canBeDeflate(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  switch ((first >> 1) & 3) {
    case 0:
      return bytes.length > 5 && bytes.readUInt16LE(1) === (~bytes.readUInt16LE(3) & 0xffff);
    case 1:
      return true;
    case 2:
      return first >> 3 <= 29 && (second & 31) <= 29;
    default:
      return false;
  }
}

const GZIP_MARK = Buffer.from([0x1f, 0x8b, 8]);
const GZIP_HEADER_BYTES = 10;

/** Where the compressed bytes begin behind a gzip header with its optional fields (RFC 1952, section 2.3). */
function gzipContentStart(bytes: Buffer, header: number): number {
  const flags = bytes[header + 3] ?? 0;
  let at = header + GZIP_HEADER_BYTES;
  if ((flags & 4) !== 0) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const flag of [8, 16]) if ((flags & flag) !== 0) at = bytes.indexOf(0, at) + 1;
  return (flags & 2) === 0 ? at : at + 2;
}

/** A stream may be cut off, and anything may follow it: what can be unpacked counts. */
function getUnpacked(unpack: typeof inflateSync, bytes: Buffer): Buffer | null {
  try {
    const unpacked = unpack(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_UNPACKED_BYTES });
    return unpacked.length < 4 ? null : unpacked;
  } catch {
    return null;
  }
}
