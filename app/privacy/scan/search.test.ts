import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { needlesOf } from '#app/privacy/scan/needles.ts';
import { NeedleSearch } from '#app/privacy/scan/search.ts';

const planted = `Zoë "Zq" Ünal/7`;
const needles = needlesOf([planted, 'amina@shop.example']);
const search = new NeedleSearch(needles);
const around = (bytes: Buffer) => Buffer.concat([randomBytes(37), bytes, randomBytes(11)]);

describe('needles', () => {
  it('refuse what is too short to be told from chance', () => {
    expect(() => needlesOf(['long enough', 'abc'])).toThrow('Value 2 is shorter than 4 bytes');
  });

  it('say which value by its place and never by itself', () => {
    expect(new Set(needles.map(({ value }) => value))).toEqual(new Set([0, 1]));
    expect(JSON.stringify(needles.map(({ bytes: _bytes, ...told }) => told))).not.toContain('amina');
  });
});

describe('the search', () => {
  it('finds every form, wherever it stands', () => {
    expect(needles.length).toBeGreaterThan(60);
    for (const needle of needles) {
      const found = search.find(around(needle.bytes));
      expect([needle.form, found.some(({ value, form }) => value === needle.value && form === needle.form)]).toEqual([
        needle.form,
        true,
      ]);
    }
  });

  it('finds a value in Base64 whatever stands before it', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'abcd']) {
      const text = Buffer.from(`${before}${planted}, and so on`).toString('base64');
      expect(search.find(Buffer.from(text)).map(({ value }) => value)).toContain(0);
    }
  });

  it('unpacks what is compressed, also when it is cut off or followed by something', () => {
    const document = Buffer.from(JSON.stringify({ note: `${'x'.repeat(300)}amina@shop.example${'y'.repeat(3_000)}` }));
    for (const [name, packed] of [
      ['gzip', gzipSync(document)],
      ['zlib', deflateSync(document)],
    ] as const) {
      expect([name, search.find(around(packed))]).toEqual([name, [{ value: 1, form: `${name}:raw` }]]);
    }
    for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY]) {
      for (const level of [1, 6, 9]) {
        expect(search.find(deflateRawSync(document, { level, strategy }))).toEqual([{ value: 1, form: 'deflate:raw' }]);
      }
    }
    // Stored as it is, which is found without unpacking.
    expect(search.find(deflateRawSync(document, { level: 0 }))).toEqual([{ value: 1, form: 'raw' }]);
    const random = deflateSync(Buffer.concat([document, randomBytes(4_000)]));
    expect(search.find(random.subarray(0, random.length - 900))).toEqual([{ value: 1, form: 'zlib:raw' }]);
  });

  it('unpacks every bare stream that zlib makes, however short', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (noise, level) => {
        const packed = deflateRawSync(Buffer.concat([noise, Buffer.from('amina@shop.example'), noise]), { level });
        expect(search.find(packed).map(({ value }) => value)).toContain(1);
      }),
    );
  });

  it('looks into text without unpacking', () => {
    expect(search.findInText('so amina@shop.example wrote')).toEqual([{ value: 1, form: 'raw' }]);
    expect(search.findInText('nobody')).toEqual([]);
  });

  it('finds nothing where nothing is', () => {
    expect(search.find(randomBytes(2_000_000))).toEqual([]);
  });

  it('agrees with the plain way of looking', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), fc.boolean(), (noise, index, isPlanted) => {
        const needle = needles[index % needles.length];
        if (needle === undefined) return;
        const bytes = isPlanted ? Buffer.concat([noise, needle.bytes, noise]) : Buffer.from(noise);
        const expected = needles.filter((one) => bytes.includes(one.bytes)).map(({ value, form }) => ({ value, form }));
        expect(search.find(bytes)).toEqual(expect.arrayContaining(expected));
      }),
    );
  });
});
