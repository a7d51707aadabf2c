import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { VaultError } from './errors.ts';
import { localKek } from './kek.ts';
import { createKeyring, parseKeyring, type WrapContext } from './keyring.ts';

const UNOPENABLE = new VaultError('vault.unopenable');
const newKey = randomBytes(32).toString('base64');
const oldKey = randomBytes(32).toString('base64');
const keyring = parseKeyring(`new-1:${newKey},old:${oldKey}`);
const context: WrapContext = { owner: 'shop-1', purpose: 'enc', version: 1 };
const secret = randomBytes(32);

describe('parseKeyring', () => {
  it('takes the first key as primary and keeps the order', () => {
    expect(keyring.primaryId).toBe('new-1');
    expect(keyring.ids()).toEqual(['new-1', 'old']);
    expect(keyring.has('old')).toBe(true);
    expect(keyring.has('older')).toBe(false);
  });

  it('overlooks white space around entries', () => {
    expect(parseKeyring(` a:${newKey} , b:${oldKey}\n`).ids()).toEqual(['a', 'b']);
    expect(parseKeyring(` a:${newKey}`).primaryId).toBe('a');
  });

  const noId =
    'entry 1 does not begin with an id of 1 to 32 characters of [a-z0-9-] and a colon, or = and where the key lies';
  it.each([
    ['nothing', '', noId],
    ['a key without an id', newKey, noId],
    ['an empty id', `:${newKey}`, noId],
    ['an id with capitals', `KEK:${newKey}`, noId],
    ['an id of 33 characters', `${'a'.repeat(33)}:${newKey}`, noId],
    ['an id without a colon', 'a', noId],
    ['an id without a key', 'a:', 'entry 1 is not 32 bytes in base64'],
    ['31 bytes', `a:${randomBytes(31).toString('base64')}`, 'entry 1 is not 32 bytes in base64'],
    ['33 bytes', `a:${randomBytes(33).toString('base64')}`, 'entry 1 is not 32 bytes in base64'],
    ['base64 without its padding', `a:${newKey.slice(0, -1)}`, 'entry 1 is not 32 bytes in base64'],
    [
      'stray characters the decoder would skip',
      `a:${newKey.slice(0, 9)}!${newKey.slice(9)}`,
      'entry 1 is not 32 bytes in base64',
    ],
    ['hexadecimal', `a:${randomBytes(32).toString('hex')}`, 'entry 1 is not 32 bytes in base64'],
    ['a second colon', `a:b:${newKey}`, 'entry 1 is not 32 bytes in base64'],
    ['zeros', `a:${Buffer.alloc(32).toString('base64')}`, 'entry 1 is a key of zeros'],
    ['a comma at the end', `a:${newKey},`, noId.replace('1', '2')],
    ['a key that lies elsewhere', 'a=file:/etc/kek', 'entry 1 is not written out'],
    ['a scheme without a name', 'a=file:', noId],
    ['an id twice', `a:${newKey},a:${oldKey}`, 'entry 2 repeats an id'],
    ['a key twice', `a:${newKey},b:${newKey}`, 'entry 2 repeats a key'],
  ])('refuses %s', (_, text, problem) => {
    expect(() => parseKeyring(text)).toThrow(
      new VaultError('vault.bad-keyring', `The keyring cannot be used: ${problem}`),
    );
  });

  it('never repeats what it was given', () => {
    const ways = [newKey, `${newKey}:a`, `a:${newKey},${oldKey}`, `a:${newKey}=`, `a:${newKey},b:${newKey}`];
    for (const text of ways) {
      let message = '';
      try {
        parseKeyring(text);
      } catch (error) {
        message = inspect(error).replace(/\n\s+at .*/g, '');
      }
      expect(message).toContain('vault.bad-keyring');
      for (const key of [newKey, oldKey]) expect(message).not.toContain(key.slice(0, 12));
    }
  });

  it('shows no key when printed', () => {
    const printed = inspect(keyring, { depth: 10, showHidden: true }) + JSON.stringify(keyring);
    const raw = Buffer.from(newKey, 'base64');
    for (const form of [newKey, raw.toString('hex'), raw.toString('latin1')]) expect(printed).not.toContain(form);
  });
});

describe('createKeyring', () => {
  it('takes the first key as primary, and tells what it may of each', () => {
    const keks = [localKek('b', randomBytes(32), 'file'), localKek('a', randomBytes(32), 'settings')];
    const made = createKeyring(keks);
    expect(made.primaryId).toBe('b');
    expect(made.describe()).toEqual([
      { id: 'b', kind: 'file', hosts: [] },
      { id: 'a', kind: 'settings', hosts: [] },
    ]);
    expect(keyring.describe().map(({ kind }) => kind)).toEqual(['settings', 'settings']);
  });

  it('refuses no key, and two under one id', () => {
    const problem = 'The keyring cannot be used: it holds no key, or two under one id';
    const kek = localKek('a', randomBytes(32), 'settings');
    expect(() => createKeyring([])).toThrow(new VaultError('vault.bad-keyring', problem));
    expect(() => createKeyring([kek, kek])).toThrow(new VaultError('vault.bad-keyring', problem));
  });
});

describe('wrap and unwrap', async () => {
  const { kekId, wrapped } = await keyring.wrap(secret, context);

  it('gives the secret back, by the key the row names', async () => {
    expect(kekId).toBe('new-1');
    expect(wrapped).toHaveLength(61);
    expect(await keyring.unwrap(kekId, wrapped, context)).toEqual(secret);
    const before = await parseKeyring(`old:${oldKey}`).wrap(secret, context);
    expect(await keyring.unwrap('old', before.wrapped, context)).toEqual(secret);
  });

  it('never gives the same bytes twice', async () => {
    const all = await Promise.all(Array.from({ length: 500 }, () => keyring.wrap(secret, context)));
    expect(new Set(all.map((wrap) => wrap.wrapped.toString('hex'))).size).toBe(500);
  });

  it('does not hold the id of its key', async () => {
    expect(await parseKeyring(`renamed:${newKey}`).unwrap('renamed', wrapped, context)).toEqual(secret);
  });

  it.each<[string, WrapContext]>([
    ['owner', { ...context, owner: 'shop-2' }],
    ['purpose', { ...context, purpose: 'email' }],
    ['version', { ...context, version: 2 }],
    ['boundary', { ...context, owner: 'shop-1e', purpose: 'nc' }],
    ['text', { ...context, owner: '\ud800' }],
  ])('refuses another %s', async (_, other) => {
    await expect(keyring.unwrap(kekId, wrapped, other)).rejects.toThrow(UNOPENABLE);
  });

  it('refuses another key, every flipped bit, every other length', async () => {
    await expect(keyring.unwrap('old', wrapped, context)).rejects.toThrow(UNOPENABLE);
    for (let bit = 0; bit < wrapped.length * 8; bit += 1) {
      const flipped = Buffer.from(wrapped);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      await expect(keyring.unwrap(kekId, flipped, context)).rejects.toThrow(UNOPENABLE);
    }
    for (let length = 0; length < wrapped.length; length += 1) {
      await expect(keyring.unwrap(kekId, wrapped.subarray(0, length), context)).rejects.toThrow(UNOPENABLE);
    }
    const longer = Buffer.concat([wrapped, Buffer.of(0)]);
    await expect(keyring.unwrap(kekId, longer, context)).rejects.toThrow(UNOPENABLE);
  });

  it('says when a key is missing, and takes no secret that is none', async () => {
    const missing = new VaultError(
      'vault.bad-keyring',
      'The keyring cannot be used: a key is missing from the keyring',
    );
    await expect(keyring.unwrap('gone', wrapped, context)).rejects.toThrow(missing);
    await expect(keyring.newCheck('gone')).rejects.toThrow(missing);
    await expect(keyring.fitsCheck('gone', Buffer.alloc(16))).rejects.toThrow(missing);
    await expect(keyring.wrap(randomBytes(31), context)).rejects.toThrow(new VaultError('vault.bad-key'));
    await expect(keyring.wrap(Buffer.alloc(32), context)).rejects.toThrow(new VaultError('vault.bad-key'));
    await expect(keyring.wrap(secret, { ...context, owner: '\udfff' })).rejects.toThrow(VaultError);
  });
});

describe('newCheck and fitsCheck', () => {
  it('belong to the key and not to its id', async () => {
    const check = await keyring.newCheck('new-1');
    expect(check).toHaveLength(16);
    expect(await keyring.fitsCheck('new-1', check)).toBe(true);
    expect(await keyring.fitsCheck('old', check)).toBe(false);
    expect(await keyring.fitsCheck('new-1', check.subarray(0, 15))).toBe(false);
    expect(await parseKeyring(`other:${newKey}`).newCheck('other')).toEqual(check);
    expect(await parseKeyring(`new-1:${oldKey}`).newCheck('new-1')).not.toEqual(check);
    expect(Buffer.from(newKey, 'base64').includes(check.subarray(0, 4))).toBe(false);
  });

  it('are not changed by who got one', async () => {
    const check = await keyring.newCheck('new-1');
    (await keyring.newCheck('new-1')).fill(0);
    expect(await keyring.newCheck('new-1')).toEqual(check);
  });
});
