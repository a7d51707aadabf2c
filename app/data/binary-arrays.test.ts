import { describe, expect, it } from 'vitest';

import {
  boolArray,
  byteaArray,
  dateArray,
  int2Array,
  int4Array,
  int8Array,
  textArray,
  timestamptzArray,
  uuidArray,
} from './binary-arrays.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

// That PostgreSQL reads them is shown by test/integration/binary-arrays.test.ts.
describe('the binary form of an array', () => {
  it('is dimensions, nulls, type, length, lower bound, elements', () => {
    expect(int2Array([1, -2])).toEqual(
      hex('00000001 00000000 00000015 00000002 00000001  00000002 0001  00000002 fffe'),
    );
  });

  it('marks nulls', () => {
    expect(textArray(['é', null])).toEqual(
      hex('00000001 00000001 00000019 00000002 00000001  00000002 c3a9  ffffffff'),
    );
  });

  it('refuses what the type cannot hold', () => {
    expect(() => int2Array([32_768])).toThrow(RangeError);
    expect(() => int4Array([2 ** 31])).toThrow(RangeError);
    expect(() => int4Array([1.5])).toThrow(RangeError);
    expect(() => int8Array([2n ** 63n])).toThrow(RangeError);
    expect(() => dateArray(['2026-13-01'])).toThrow(RangeError);
    expect(() => dateArray(['yesterday'])).toThrow(RangeError);
    expect(() => timestamptzArray([new Date(NaN)])).toThrow(RangeError);
    expect(() => uuidArray(['0199f0a0'])).toThrow(RangeError);
    expect(() => uuidArray([''])).toThrow(RangeError);
  });

  it('of nothing has no elements', () => {
    for (const empty of [boolArray([]), byteaArray([]), uuidArray([])]) expect(empty).toHaveLength(20);
  });
});
