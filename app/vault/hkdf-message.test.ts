import { hkdfSync } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { VaultError } from './errors.ts';
import { hkdfForMessage } from './hkdf-message.ts';

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
const secret = bytes(32, 32).filter((key) => key.some((byte) => byte !== 0));

describe('hkdfForMessage', () => {
  it('is what OpenSSL says', () => {
    fc.assert(
      fc.property(secret, bytes(0, 128), bytes(0, 100), fc.nat({ max: 128 }), (key, salt, info, length) => {
        expect(hkdfForMessage(key, salt, info, length)).toEqual(
          length === 0 ? Buffer.alloc(0) : Buffer.from(hkdfSync('sha512', key, salt, info, length)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('gives bytes of their own: the next call leaves them as they are', () => {
    const key = Buffer.alloc(32, 1);
    const one = hkdfForMessage(key, Buffer.alloc(16, 1), Buffer.from('info'), 76);
    const before = Buffer.from(one);
    hkdfForMessage(key, Buffer.alloc(16, 2), Buffer.from('info'), 76);
    expect(one).toEqual(before);
  });

  it('refuses what is no key, and more than a message needs', () => {
    const key = Buffer.alloc(32, 1);
    const none = Buffer.alloc(0);
    for (const bad of [Buffer.alloc(32), Buffer.alloc(31, 1)]) {
      expect(() => hkdfForMessage(bad, none, none, 32)).toThrow(new VaultError('vault.bad-key'));
    }
    expect(() => hkdfForMessage(key, Buffer.alloc(129), none, 32)).toThrow(VaultError);
    expect(() => hkdfForMessage(key, none, Buffer.alloc(101), 32)).toThrow(VaultError);
    expect(() => hkdfForMessage(key, none, none, 129)).toThrow(VaultError);
  });
});
