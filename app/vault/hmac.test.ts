import { createHmac } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { VaultError } from './errors.ts';
import { hmacSha256 } from './hmac.ts';
import { lengthPrefixed } from './length-prefix.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => bytes.some((byte) => byte !== 0));
const part = fc.oneof(fc.string(), fc.uint8Array({ maxLength: 300 }));

describe('hmacSha256', () => {
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
