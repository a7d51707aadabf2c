import { createHmac } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { VaultError } from './errors.ts';
import { hmacSha256, plainHmacSha256 } from './hmac.ts';
import { lengthPrefixed } from './length-prefix.ts';

/** RFC 4231, test cases 1 to 3 and 6. */
const VECTORS = [
  [
    '0b'.repeat(20),
    Buffer.from('Hi There').toString('hex'),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    Buffer.from('Jefe').toString('hex'),
    Buffer.from('what do ya want for nothing?').toString('hex'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  ['aa'.repeat(20), 'dd'.repeat(50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
  [
    'aa'.repeat(131),
    Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First').toString('hex'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
] as const;

describe('HMAC-SHA-256 of pieces', () => {
  it.each(VECTORS)('gives what RFC 4231 says for the key %s', (key, message, digest) => {
    expect(plainHmacSha256(Buffer.from(key, 'hex'), [Buffer.from(message, 'hex')]).toString('hex')).toBe(digest);
  });

  it('gives what Node gives, however the message is cut, with nothing left of the one before', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }),
        (key, parts) => {
          expect(plainHmacSha256(key, parts)).toEqual(createHmac('sha256', key).update(Buffer.concat(parts)).digest());
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([65_471, 65_472, 65_473, 2_097_152])('takes a message of %i bytes', (length) => {
    const key = Buffer.alloc(32, 7);
    const message = Buffer.alloc(length, 'abc');
    expect(plainHmacSha256(key, [message])).toEqual(createHmac('sha256', key).update(message).digest());
  });
});

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => bytes.some((byte) => byte !== 0));
const part = fc.oneof(fc.string(), fc.uint8Array({ maxLength: 300 }));

describe('HMAC-SHA-256 under a key of the vault', () => {
  it('is what OpenSSL says', () => {
    fc.assert(
      fc.property(key, fc.array(part, { maxLength: 4 }), (secret, parts) => {
        const expected = createHmac('sha256', secret).update(lengthPrefixed(parts)).digest();
        expect(hmacSha256(secret, parts)).toEqual(expected);
      }),
    );
  });

  it('leaves the key as it was', () => {
    const secret = Buffer.alloc(32, 7);
    hmacSha256(secret, ['x']);
    expect(secret).toEqual(Buffer.alloc(32, 7));
  });

  it.each([Buffer.alloc(32), Buffer.alloc(31, 1), Buffer.alloc(33, 1)])('refuses what is no key (%#)', (secret) => {
    expect(() => hmacSha256(secret, ['x'])).toThrow(VaultError);
  });

  it('is right again after a text that it refused', () => {
    const secret = Buffer.alloc(32, 9);
    const before = hmacSha256(secret, ['x']);
    expect(() => hmacSha256(secret, ['\ud800'])).toThrow(VaultError);
    expect(hmacSha256(secret, ['x'])).toEqual(before);
  });
});
