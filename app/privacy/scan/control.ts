import { randomBytes } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

import { needlesOf } from '#app/privacy/scan/needles.ts';
import { NeedleSearch } from '#app/privacy/scan/search.ts';

/**
 * The positive control of every scan: a value nobody has is planted in each form, and packed, among random bytes. A scanner
 * that does not find all of them would also miss the real ones, and its "nothing found" would mean nothing.
 */
export function checkSearch(): { readonly planted: number; readonly found: number } {
  const value = `Zoë ${randomBytes(12).toString('hex')} "ß"/7`;
  const needles = needlesOf([value]);
  const search = new NeedleSearch(needles);
  const packed = [gzipSync, deflateSync, deflateRawSync].map((pack) => pack(Buffer.from(`${'-'.repeat(200)}${value}`)));
  const planted = [...needles.map(({ bytes }) => among(bytes)), among(packed[0]), among(packed[1]), packed[2]];
  return {
    planted: planted.length,
    found: planted.filter((bytes) => bytes !== undefined && search.find(bytes).length > 0).length,
  };
}

function among(bytes: Buffer | undefined): Buffer {
  return Buffer.concat([randomBytes(31), bytes ?? Buffer.alloc(0), randomBytes(17)]);
}
