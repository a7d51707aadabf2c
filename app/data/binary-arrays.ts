/**
 * Arrays in PostgreSQL's binary format. `pg` sends a Buffer as it is, in binary; that way a batch of rows crosses
 * without being written out as text and parsed again, which is most of the cost of a large insert.
 *
 * Layout (PostgreSQL source, array_recv): number of dimensions, has-nulls flag, element type, length, lower bound, then
 * each element behind its length; −1 for null. All integers are 32-bit big-endian.
 */
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;
/** PostgreSQL counts time from 2000-01-01, in days or in microseconds. */
const EPOCH_2000_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
const TWO_TO_32 = 2 ** 32;

/** Type oids (pg_type.dat). */
const OID = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  date: 1082,
  timestamptz: 1184,
  uuid: 2950,
} as const;

type Write<T> = (out: Buffer, offset: number, value: T) => void;

export function boolArray(values: readonly boolean[]): Buffer {
  return fixedArray(OID.bool, 1, values, (out, offset, value) => out.writeUInt8(value ? 1 : 0, offset));
}

/** @throws RangeError for a number that is no smallint. */
export function int2Array(values: readonly number[]): Buffer {
  return fixedArray(OID.int2, 2, values, (out, offset, value) => out.writeInt16BE(value, offset));
}

/** @throws RangeError for a number that is no integer. */
export function int4Array(values: readonly number[]): Buffer {
  return fixedArray(OID.int4, 4, values, (out, offset, value) => {
    if (!Number.isInteger(value)) throw new RangeError('Not an integer');
    out.writeInt32BE(value, offset);
  });
}

/** @throws RangeError for a number that is no bigint of PostgreSQL's. */
export function int8Array(values: readonly (bigint | null)[]): Buffer {
  return fixedArray(OID.int8, 8, values, (out, offset, value) => out.writeBigInt64BE(value, offset));
}

/**
 * @param values YYYY-MM-DD
 * @throws RangeError for a text that is no day.
 */
export function dateArray(values: readonly string[]): Buffer {
  const dayNumber = remembered((day: string) => (Date.parse(`${day}T00:00:00Z`) - EPOCH_2000_MS) / DAY_MS);
  return fixedArray(OID.date, 4, values, (out, offset, value) => {
    const number = dayNumber(value);
    if (!Number.isInteger(number)) throw new RangeError('Not a day');
    out.writeInt32BE(number, offset);
  });
}

/** @throws RangeError for an invalid date. */
export function timestamptzArray(values: readonly (Date | null)[]): Buffer {
  return fixedArray(OID.timestamptz, 8, values, (out, offset, value) => {
    // Exact: a Date's milliseconds as microseconds stay below 2^63, and below 2^53 until the year 2255.
    const micros = (value.getTime() - EPOCH_2000_MS) * 1000;
    if (!Number.isSafeInteger(micros)) throw new RangeError('Not a time');
    const high = Math.floor(micros / TWO_TO_32);
    out.writeInt32BE(high, offset);
    out.writeUInt32BE(micros - high * TWO_TO_32, offset + 4);
  });
}

/**
 * @param values in the usual form with hyphens
 * @throws RangeError for a text that is no uuid.
 */
export function uuidArray(values: readonly (string | null)[]): Buffer {
  return fixedArray(OID.uuid, 16, values, writeUuid);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function writeUuid(out: Buffer, offset: number, uuid: string): void {
  if (!UUID.test(uuid)) throw new RangeError('Not a uuid');
  out.write(uuid.replaceAll('-', ''), offset, 'hex');
}

export function byteaArray(values: readonly (Uint8Array | null)[]): Buffer {
  return variableArray(
    OID.bytea,
    values,
    (value) => value.length,
    (out, offset, value) => out.set(value, offset),
  );
}

export function textArray(values: readonly (string | null)[]): Buffer {
  return variableArray(
    OID.text,
    values,
    (value) => Buffer.byteLength(value),
    (out, offset, value) => out.write(value, offset),
  );
}

function fixedArray<T>(oid: number, size: number, values: readonly (T | null)[], write: Write<T>): Buffer {
  return variableArray(oid, values, () => size, write);
}

function variableArray<T>(
  oid: number,
  values: readonly (T | null)[],
  sizeOf: (value: T) => number,
  write: Write<T>,
): Buffer {
  let bytes = HEADER_BYTES;
  let hasNulls = 0;
  for (const value of values) {
    bytes += 4;
    if (value === null) hasNulls = 1;
    else bytes += sizeOf(value);
  }
  const out = Buffer.allocUnsafe(bytes);
  let offset = 0;
  for (const field of [1, hasNulls, oid, values.length, 1]) offset = out.writeInt32BE(field, offset);
  for (const value of values) {
    if (value === null) {
      offset = out.writeInt32BE(NULL_LENGTH, offset);
      continue;
    }
    const size = sizeOf(value);
    offset = out.writeInt32BE(size, offset);
    write(out, offset, value);
    offset += size;
  }
  return out;
}

/** Computes each value once. */
function remembered<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = compute(key);
      known.set(key, value);
    }
    return value;
  };
}
