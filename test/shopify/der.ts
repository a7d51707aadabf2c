/**
 * Just enough DER (ITU-T X.690) to write an X.509 certificate. Only what certificates.ts needs; it reads nothing.
 */

const CONSTRUCTED_CONTEXT = 0xa0;

function lengthOf(content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.from([content.length]);
  const bytes: number[] = [];
  for (let rest = content.length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

/** One tag-length-value; `content` is already DER. */
export function tlv(tag: number, ...content: readonly Buffer[]): Buffer {
  const value = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(value), value]);
}

export const sequence = (...items: readonly Buffer[]): Buffer => tlv(0x30, ...items);
export const set = (...items: readonly Buffer[]): Buffer => tlv(0x31, ...items);
export const octets = (value: Buffer): Buffer => tlv(0x04, value);
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text, 'utf8'));
export const yes = (): Buffer => tlv(0x01, Buffer.from([0xff]));
export const explicit = (number: number, ...items: readonly Buffer[]): Buffer =>
  tlv(CONSTRUCTED_CONTEXT | number, ...items);

/** A positive integer from big-endian bytes (a leading zero keeps it positive). */
export function integer(bytes: Buffer): Buffer {
  const first = bytes[0] ?? 0;
  return tlv(0x02, first & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** `unused` low bits of the last byte do not count. */
export const bits = (value: Buffer, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), value);

/** Dotted object identifier, such as `2.5.29.17`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 0x7f));
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}

/** GeneralizedTime in UTC, whole seconds. */
export function time(at: Date): Buffer {
  return tlv(
    0x18,
    Buffer.from(
      at
        .toISOString()
        .replace(/[-:T]/g, '')
        .replace(/\.\d+Z$/, 'Z'),
    ),
  );
}
