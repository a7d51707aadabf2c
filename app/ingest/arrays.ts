/**
 * Arrays in PostgreSQL's binary format. `pg` sends a Buffer as it is, in binary; that way a batch of rows crosses
 * without being written out as text and parsed again, which is most of the cost of a large insert.
 *
 * Layout (PostgreSQL source, array_recv): number of dimensions, has-nulls flag, element type, length, lower bound, then
 * each element behind its length; −1 for null. All integers are 32-bit big-endian.
 */
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;
/** PostgreSQL counts time from 2000-01-01. */
const EPOCH_2000_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;

/** Type oids (pg_type.dat). */
const OID = { bool: 16, bytea: 17, int2: 21, int4: 23, text: 25, date: 1082, timestamptz: 1184, uuid: 2950 } as const;

type Write<T> = (out: Buffer, offset: number, value: T) => void;

function fixedArray<T>(oid: number, size: number, values: readonly (T | null)[], write: Write<T>): Buffer {
  let bytes = HEADER_BYTES;
  for (const value of values) bytes += 4 + (value === null ? 0 : size);
  const out = Buffer.allocUnsafe(bytes);
  let offset = header(out, oid, values);
  for (const value of values) {
    offset = out.writeInt32BE(value === null ? NULL_LENGTH : size, offset);
    if (value === null) continue;
    write(out, offset, value);
    offset += size;
  }
  return out;
}

function header(out: Buffer, oid: number, values: readonly unknown[]): number {
  out.writeInt32BE(1, 0);
  out.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  out.writeInt32BE(oid, 8);
  out.writeInt32BE(values.length, 12);
  return out.writeInt32BE(1, 16);
}

export function boolArray(values: readonly boolean[]): Buffer {
  return fixedArray(OID.bool, 1, values, (out, offset, value) => out.writeUInt8(value ? 1 : 0, offset));
}

export function int2Array(values: readonly number[]): Buffer {
  return fixedArray(OID.int2, 2, values, (out, offset, value) => out.writeInt16BE(value, offset));
}

/** @param values YYYY-MM-DD */
export function dateArray(values: readonly string[]): Buffer {
  return fixedArray(OID.date, 4, values, (out, offset, value) =>
    out.writeInt32BE((Date.parse(`${value}T00:00:00Z`) - EPOCH_2000_MS) / DAY_MS, offset),
  );
}

export function timestamptzArray(values: readonly (Date | null)[]): Buffer {
  return fixedArray(OID.timestamptz, 8, values, (out, offset, value) =>
    out.writeBigInt64BE(BigInt(value.getTime() - EPOCH_2000_MS) * 1000n, offset),
  );
}

/** @param values in the usual form with hyphens */
export function uuidArray(values: readonly string[]): Buffer {
  return fixedArray(OID.uuid, 16, values, (out, offset, value) => out.write(value.replaceAll('-', ''), offset, 'hex'));
}

export function byteaArray(values: readonly (Buffer | null)[]): Buffer {
  let bytes = HEADER_BYTES;
  for (const value of values) bytes += 4 + (value?.length ?? 0);
  const out = Buffer.allocUnsafe(bytes);
  let offset = header(out, OID.bytea, values);
  for (const value of values) {
    offset = out.writeInt32BE(value === null ? NULL_LENGTH : value.length, offset);
    if (value !== null) offset += value.copy(out, offset);
  }
  return out;
}

export function textArray(values: readonly (string | null)[]): Buffer {
  const encoded = values.map((value) => (value === null ? null : Buffer.from(value, 'utf8')));
  const out = byteaArray(encoded);
  out.writeInt32BE(OID.text, 8);
  return out;
}
