import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MAX_RUN_MESSAGES, MAX_RUN_MS, RUN_OVERHEAD_BYTES, sealInCurrentRun } from './envelope-v1-run.ts';
import { sealWithSalt } from './envelope-v1.ts';
import { ENVELOPE_OVERHEAD_BYTES, open, readHeader, seal, sealInRun } from './envelope.ts';
import type { Place } from './place.ts';
import type { VaultKey } from './vault-key.ts';
import { VaultError } from './errors.ts';
import { KEY_SCOPES, type KeyScope } from './scope.ts';

const RUNS = 200;
const SCOPES = Object.keys(KEY_SCOPES) as KeyScope[];
const key: VaultKey = { scope: 'cart', version: 7, secret: randomBytes(32) };
const place: Place = { shop: 'shop-1', table: 'cart_states', column: 'sealed', row: 'row-1' };
const plaintext = Buffer.from('two apples and a pear');

const places = fc.record({ shop: fc.string(), table: fc.string(), column: fc.string(), row: fc.string() });
const keys = fc.record({
  scope: fc.constantFrom(...SCOPES),
  version: fc.integer({ min: 0, max: 0xffffffff }),
  secret: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes.fill(1, 0, 1))),
});

/** What `open` throws, or what it returned although it should not have. */
function refusal(with_: VaultKey, sealed: Uint8Array, at: Place): unknown {
  try {
    return open(with_, sealed, at);
  } catch (error) {
    return error;
  }
}

function expectUnopenable(with_: VaultKey, sealed: Uint8Array, at: Place): void {
  const error = refusal(with_, sealed, at);
  expect(error).toBeInstanceOf(VaultError);
  expect(error).toEqual(new VaultError('vault.unopenable'));
  expect(error).not.toHaveProperty('cause');
}

/** Both ways of sealing: each message by itself, and in a run. */
const SUITES = [
  { name: 'seal', suite: 1, seal, overhead: ENVELOPE_OVERHEAD_BYTES, cuts: [15, 23, 55] },
  { name: 'sealInRun', suite: 2, seal: sealInRun, overhead: RUN_OVERHEAD_BYTES, cuts: [15, 23, 27, 59] },
] as const;

describe.each(SUITES)('$name and open', ({ suite, seal, overhead }) => {
  it('gives back any bytes sealed with any key for any place', () => {
    fc.assert(
      fc.property(keys, fc.uint8Array({ maxLength: 2_000 }), places, (anyKey, bytes, anyPlace) => {
        const sealed = seal(anyKey, bytes, anyPlace);
        expect(sealed).toHaveLength(bytes.length + overhead);
        expect(open(anyKey, sealed, anyPlace)).toEqual(Buffer.from(bytes));
        expect(open({ ...anyKey }, sealed, anyPlace)).toEqual(Buffer.from(bytes));
        expect(readHeader(sealed)).toEqual({ format: 1, suite, scope: anyKey.scope, version: anyKey.version });
      }),
      { numRuns: RUNS },
    );
  });

  it('opens a view into larger memory that is no Buffer', () => {
    const sealed = seal(key, plaintext, place);
    const memory = new Uint8Array(sealed.length + 9).fill(0xff);
    memory.set(sealed, 5);
    const view = memory.subarray(5, 5 + sealed.length);
    expect(open(key, view, place)).toEqual(plaintext);
    expect(readHeader(view).version).toBe(7);
  });

  it.each([
    ['a short secret', { ...key, secret: randomBytes(31) }],
    ['a long secret', { ...key, secret: randomBytes(33) }],
    ['a wiped secret', { ...key, secret: Buffer.alloc(32) }],
    ['a negative version', { ...key, version: -1 }],
    ['a version above 32 bits', { ...key, version: 0x1_0000_0000 }],
    ['a fractional version', { ...key, version: 1.5 }],
  ])('does not seal with %s, nor open', (_, bad) => {
    expect(() => seal(bad, plaintext, place)).toThrow(new VaultError('vault.bad-key'));
    expectUnopenable(bad, seal(key, plaintext, place), place);
  });

  it('stops sealing and opening with a secret the moment it is wiped', () => {
    const wiped = { ...key, secret: randomBytes(32) };
    const sealed = seal(wiped, plaintext, place);
    expect(open(wiped, sealed, place)).toEqual(plaintext);
    wiped.secret.fill(0);
    expect(() => seal(wiped, plaintext, place)).toThrow(new VaultError('vault.bad-key'));
    expectUnopenable(wiped, sealed, place);
  });

  it('does not seal for a place that UTF-8 cannot tell from another', () => {
    expect(() => seal(key, plaintext, { ...place, row: '\ud800' })).toThrow(VaultError);
    expectUnopenable(key, seal(key, plaintext, { ...place, row: '\ufffd' }), { ...place, row: '\ud801' });
  });
});

describe('a message by itself', () => {
  it('has the layout of the table', () => {
    const salt = Buffer.alloc(16, 0xab);
    const sealed = sealWithSalt({ ...key, version: 0x01020304 }, plaintext, place, salt);
    expect(sealed.subarray(0, 7).toString('hex')).toBe('01010301020304');
    expect(sealed.subarray(7, 23)).toEqual(salt);
    expect(ENVELOPE_OVERHEAD_BYTES).toBe(71);
  });

  it('never draws a salt twice, so equal bytes look unrelated', () => {
    const sealed = Array.from({ length: 2_000 }, () => seal(key, plaintext, place).toString('hex'));
    const salts = new Set(sealed.map((hex) => hex.slice(14, 46)));
    const rests = new Set(sealed.map((hex) => hex.slice(46)));
    expect(salts.size).toBe(sealed.length);
    expect(rests.size).toBe(sealed.length);
  });

  it('has a code of its own for every scope', () => {
    expect(KEY_SCOPES).toEqual({ inbox: 1, shop: 2, cart: 3, person: 4, order: 5, request: 6, checkout: 7 });
  });
});

describe('a run of messages', () => {
  const saltOf = (sealed: Buffer) => sealed.toString('hex', 7, 23);
  const numberOf = (sealed: Buffer) => sealed.readUInt32BE(23);
  const sealAt = (with_: VaultKey, now: number) => sealInCurrentRun(with_, plaintext, place, now);

  it('has the layout of the table, and tells its messages apart by their number alone', () => {
    const run = { ...key, version: 0x01020304 };
    const sealed = Array.from({ length: 300 }, () => sealInRun(run, plaintext, place));
    expect(new Set(sealed.map((bytes) => bytes.toString('hex', 0, 7)))).toEqual(new Set(['01020301020304']));
    expect(new Set(sealed.map(saltOf)).size).toBe(1);
    expect(sealed.map(numberOf)).toEqual(sealed.map((_, number) => number));
    // Equal bytes look unrelated all the same.
    expect(new Set(sealed.map((bytes) => bytes.toString('hex', 59))).size).toBe(sealed.length);
    expect(new Set(sealed.map((bytes) => bytes.toString('hex', bytes.length - 16))).size).toBe(sealed.length);
    for (const bytes of sealed) expect(open(run, bytes, place)).toEqual(plaintext);
    expect(RUN_OVERHEAD_BYTES).toBe(75);
  });

  it('never gives a number twice under one salt, however long it goes on', () => {
    const run = { ...key };
    const seen = new Set<string>();
    const count = 2 * MAX_RUN_MESSAGES + 3;
    for (let at = 0; at < count; at += 1) {
      const sealed = sealInRun(run, Buffer.alloc(0), place);
      seen.add(`${saltOf(sealed)}${String(numberOf(sealed))}`);
      expect(numberOf(sealed)).toBeLessThan(MAX_RUN_MESSAGES);
    }
    expect(seen.size).toBe(count);
    expect(new Set([...seen].map((name) => name.slice(0, 32))).size).toBe(3);
  });

  it('gives the number of a message that could not be sealed to no other', () => {
    const run = { ...key };
    const before = sealInRun(run, plaintext, place);
    expect(() => sealInRun(run, plaintext, { ...place, row: '\ud800' })).toThrow(VaultError);
    const after = sealInRun(run, plaintext, place);
    expect([saltOf(after), numberOf(after)]).toEqual([saltOf(before), 2]);
  });

  it('ends after a minute', () => {
    const run = { ...key };
    const [first, last, next] = [0, MAX_RUN_MS - 1, MAX_RUN_MS].map((now) => sealAt(run, now));
    expect(saltOf(last!)).toBe(saltOf(first!));
    expect(saltOf(next!)).not.toBe(saltOf(first!));
    expect(numberOf(next!)).toBe(0);
  });

  it('is that of one key, and of one holder of it: two of them never share a salt', () => {
    const holders = [key, { ...key }, { ...key }, { ...key, version: 8 }, { ...key, secret: randomBytes(32) }];
    expect(new Set(holders.map((holder) => saltOf(sealInRun(holder, plaintext, place)))).size).toBe(holders.length);
  });

  it('opens in any order, and after many others', () => {
    const sealed = Array.from({ length: 200 }, (_, at) => sealAt({ ...key }, at));
    for (const bytes of [...sealed, ...sealed.reverse()]) expect(open(key, bytes, place)).toEqual(plaintext);
  });

  it('does not open with the number of another', () => {
    const run = { ...key };
    const [one, two] = [sealInRun(run, plaintext, place), sealInRun(run, plaintext, place)];
    const renumbered = Buffer.from(one);
    renumbered.writeUInt32BE(numberOf(two), 23);
    expectUnopenable(run, renumbered, place);
  });

  it('is not mistaken for a message by itself, nor the other way about', () => {
    for (const { seal, suite } of SUITES) {
      const sealed = Buffer.from(seal(key, plaintext, place));
      sealed[1] = 3 - suite;
      expectUnopenable(key, sealed, place);
    }
  });
});

describe.each(SUITES)('open refuses of $name', ({ seal, cuts }) => {
  const sealed = seal(key, plaintext, place);

  it('every flipped bit', () => {
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      expectUnopenable(key, flipped, place);
    }
  });

  it('every truncation, from the end and from the front', () => {
    for (let length = 0; length < sealed.length; length += 1) {
      expectUnopenable(key, sealed.subarray(0, length), place);
      expectUnopenable(key, sealed.subarray(sealed.length - length), place);
    }
  });

  it('every extension', () => {
    for (const extra of [1, 2, 15, 16, 17, 71, 75]) {
      expectUnopenable(key, Buffer.concat([sealed, Buffer.alloc(extra)]), place);
      expectUnopenable(key, Buffer.concat([Buffer.alloc(extra), sealed]), place);
    }
    expectUnopenable(key, Buffer.concat([sealed, sealed]), place);
  });

  it('a short tag, which Node alone would take', () => {
    // The positive control: without a fixed tag length, four bytes of tag are enough for Node.
    const secret = randomBytes(32);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', secret, nonce);
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const careless = createDecipheriv('aes-256-gcm', secret, nonce);
    careless.setAuthTag(cipher.getAuthTag().subarray(0, 4));
    expect(Buffer.concat([careless.update(ciphertext), careless.final()])).toEqual(plaintext);

    for (const cut of [1, 4, 8, 12]) expectUnopenable(key, sealed.subarray(0, sealed.length - cut), place);
  });

  it.each(['shop', 'table', 'column', 'row'] as const)('another %s', (part) => {
    for (const other of ['', `${place[part]} `, place[part].slice(1), 'other']) {
      expectUnopenable(key, sealed, { ...place, [part]: other });
    }
  });

  it('two parts of the place in each other’s stead', () => {
    const parts = ['shop', 'table', 'column', 'row'] as const;
    for (const one of parts) {
      for (const two of parts.filter((part) => part !== one)) {
        expectUnopenable(key, sealed, { ...place, [one]: place[two], [two]: place[one] });
      }
    }
  });

  it('a boundary between two parts that moved', () => {
    expectUnopenable(key, sealed, { ...place, shop: 'shop-', table: '1cart_states' });
    expectUnopenable(key, sealed, { ...place, table: 'cart_state', column: 'ssealed' });
    expectUnopenable(key, sealed, { ...place, column: 'sealedr', row: 'ow-1' });
  });

  it('any other place at all', () => {
    fc.assert(
      fc.property(places, places, (one, two) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(two));
        expectUnopenable(key, seal(key, plaintext, one), two);
      }),
      { numRuns: RUNS },
    );
  });

  it('another secret, another version, another scope', () => {
    expectUnopenable({ ...key, secret: randomBytes(32) }, sealed, place);
    expectUnopenable({ ...key, version: 8 }, sealed, place);
    for (const scope of SCOPES.filter((scope) => scope !== key.scope))
      expectUnopenable({ ...key, scope }, sealed, place);
  });

  it('a header rewritten to fit another version or scope of the same secret', () => {
    const reversioned = Buffer.from(sealed);
    reversioned.writeUInt32BE(8, 3);
    expectUnopenable({ ...key, version: 8 }, reversioned, place);
    const rescoped = Buffer.from(sealed);
    rescoped[2] = KEY_SCOPES.person;
    expectUnopenable({ ...key, scope: 'person' }, rescoped, place);
  });

  it('parts of two envelopes put together', () => {
    const other = seal({ ...key }, plaintext, place);
    // Under a key object of its own, so that a run has another salt.
    for (const at of [...cuts, sealed.length - 16]) {
      expectUnopenable(key, Buffer.concat([sealed.subarray(0, at), other.subarray(at)]), place);
    }
  });

  it('any bytes nobody sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expectUnopenable(key, bytes, place);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('readHeader', () => {
  const sealed = seal(key, Buffer.alloc(0), place);

  it.each([
    ['an unknown format', 0, 2],
    ['an unknown suite', 1, 3],
    ['a scope never given out', 2, 0],
    ['a scope not given out yet', 2, 200],
  ])('refuses %s', (_, at, value) => {
    const changed = Buffer.from(sealed);
    changed[at] = value;
    expect(() => readHeader(changed)).toThrow(new VaultError('vault.unopenable'));
  });

  it('refuses what is shorter than an empty envelope', () => {
    expect(readHeader(sealed).scope).toBe('cart');
    expect(() => readHeader(sealed.subarray(0, 70))).toThrow(new VaultError('vault.unopenable'));
    expect(() => readHeader(new Uint8Array(0))).toThrow(new VaultError('vault.unopenable'));
  });
});

describe('older versions of a key', () => {
  const versionOf = (version: number): VaultKey => ({ scope: 'cart', version, secret: randomBytes(32) });
  const [one, two, three] = [versionOf(1), versionOf(2), versionOf(3)];
  const newest: VaultKey = { ...three, older: [two, one] };

  it('open what they sealed, and seal nothing', () => {
    for (const version of [one, two, three]) {
      expect(open(newest, seal(version, plaintext, place), place)).toEqual(plaintext);
    }
    const sealed = seal(newest, plaintext, place);
    expect(readHeader(sealed).version).toBe(3);
    expect(open(three, sealed, place)).toEqual(plaintext);
  });

  it('open nothing of a version that is not among them, of another secret, or of another scope', () => {
    expectUnopenable(newest, seal(versionOf(4), plaintext, place), place);
    expectUnopenable(newest, seal(versionOf(2), plaintext, place), place);
    expectUnopenable(newest, seal({ ...two, scope: 'person' }, plaintext, place), place);
    expectUnopenable({ ...three, older: [] }, seal(two, plaintext, place), place);
    expectUnopenable(newest, seal(two, plaintext, place), { ...place, row: 'row-2' });
    expectUnopenable(newest, Buffer.alloc(3), place);
  });

  it('do not open a value whose header was turned to them', () => {
    const sealed = seal(newest, plaintext, place);
    sealed.writeUInt32BE(2, 3);
    expectUnopenable(newest, sealed, place);
  });
});
