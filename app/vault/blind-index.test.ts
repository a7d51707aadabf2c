import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { emailIndex, emailIndexes, normaliseEmail } from './blind-index.ts';
import { VaultError } from './errors.ts';
import { lookupToken } from './lookup.ts';

const RUNS = 300;
const key = randomBytes(32);
const anyText = fc.string({ unit: 'binary', maxLength: 40 });

describe('normaliseEmail', () => {
  it.each([
    ['Ada@Shop.Example', 'ada@shop.example'],
    [' \t ada@shop.example\u00a0\n', 'ada@shop.example'],
    ['\uff41\uff44\uff41\uff20shop.example', 'ada@shop.example'],
    ['zoe\u0308@shop.example', 'zo\u00eb@shop.example'],
    ['ZO\u00cb@shop.example', 'zo\u00eb@shop.example'],
    // Only the small letter has a composed form, so lower case has to come before the last NFKC.
    ['H\u0331@shop.example', '\u1e96@shop.example'],
    ['a.da+sale@shop.example', 'a.da+sale@shop.example'],
    ['', ''],
  ])('makes %j %j', (email, expected) => {
    expect(normaliseEmail(email)).toBe(expected);
  });

  it('changes nothing the second time, for every character there is', { timeout: 60_000 }, () => {
    const unstable: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const once = normaliseEmail(`a${String.fromCodePoint(code)}b\u0301`);
      if (normaliseEmail(once) !== once) unstable.push(code.toString(16));
    }
    expect(unstable).toEqual([]);
  });

  it('changes nothing the second time, for any text', () => {
    fc.assert(
      fc.property(anyText, (email) => {
        expect(normaliseEmail(normaliseEmail(email))).toBe(normaliseEmail(email));
      }),
      { numRuns: RUNS },
    );
  });

  it('overlooks the case of addresses and the way their letters are composed', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        const plain = normaliseEmail(email);
        expect(normaliseEmail(email.toUpperCase())).toBe(plain);
        expect(normaliseEmail(email.normalize('NFD'))).toBe(plain);
        expect(normaliseEmail(` ${email}\n`)).toBe(plain);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('emailIndex', () => {
  it('is made under each of several keys, in their order', () => {
    const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const email = 'ada@shop.example';
    expect(emailIndexes([one, two], email)).toEqual([emailIndex(one, email), emailIndex(two, email)]);
    expect(emailIndexes([], email)).toEqual([]);
  });

  it('finds an address again however it is written', () => {
    expect(emailIndex(key, ' Ada@Shop.Example ')).toEqual(emailIndex(key, 'ada@shop.example'));
    expect(emailIndex(key, 'ada@shop.example')).toHaveLength(16);
  });

  it('tells addresses apart', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, two) => {
        expect(emailIndex(key, one).equals(emailIndex(key, two))).toBe(normaliseEmail(one) === normaliseEmail(two));
      }),
      { numRuns: RUNS },
    );
  });

  it('has nothing in common between two shops', () => {
    const other = randomBytes(32);
    let equalBits = 0;
    const addresses = Array.from({ length: 200 }, (_, index) => `person${index}@shop.example`);
    for (const address of addresses) {
      const [one, two] = [emailIndex(key, address), emailIndex(other, address)];
      expect(one).not.toEqual(two);
      one.forEach((byte, index) => {
        for (let rest = ~(byte ^ two[index]!) & 0xff; rest > 0; rest >>= 1) equalBits += rest & 1;
      });
    }
    // Half of 25,600 bits agree by chance; 800 is ten standard deviations.
    expect(Math.abs(equalBits - 12_800)).toBeLessThan(800);
  });

  it('has a label of its own', () => {
    expect(emailIndex(key, 'ada@shop.example')).not.toEqual(lookupToken(key, 'body', 'ada@shop.example'));
  });

  it('takes text that is not valid Unicode, as deliveries may hold it', () => {
    expect(emailIndex(key, 'a\ud800@shop.example')).toHaveLength(16);
  });

  it('refuses a key that is none', () => {
    expect(() => emailIndex(randomBytes(16), 'a')).toThrow(new VaultError('vault.bad-key'));
    expect(() => emailIndex(Buffer.alloc(32), 'a')).toThrow(new VaultError('vault.bad-key'));
  });
});
