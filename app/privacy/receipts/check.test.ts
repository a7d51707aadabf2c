import { describe, expect, it } from 'vitest';

import { checkReceipt } from '#app/privacy/receipts/check.ts';
import { canonicalJson, RECEIPT_FORMAT } from '#app/privacy/receipts/statement.ts';
import { signingKeyOf } from '#app/vault/signing.ts';
import { newSecret } from '#app/vault/subject-keys.ts';

const key = signingKeyOf(newSecret());
const { keyId, publicKey } = key;
const statement = {
  format: RECEIPT_FORMAT,
  keysDestroyed: 4,
  tables: [{ name: 'carts', before: 2 }],
  shop: 'a "b": {',
};
const signature = Buffer.from(key.sign(Buffer.from(canonicalJson(statement)))).toString('base64');
const genuine = JSON.stringify({ statement, keyId, signature });
const check = (text: string) => checkReceipt(text, new Map([[keyId, publicKey]]));

describe('a receipt', () => {
  it('is genuine in any layout and order of names', () => {
    expect(check(genuine)).toBe('genuine');
    expect(check(JSON.stringify({ signature, keyId, statement }, null, 2))).toBe('genuine');
    expect(check(genuine.replace('"carts"', '"\\u0063arts"'))).toBe('genuine');
  });

  it.each([
    [
      'a statement before the one that was signed',
      genuine.replace('{', '{"statement":{"format":"x","keysDestroyed":9},'),
    ],
    ['a field twice', genuine.replace('"keysDestroyed":4', '"keysDestroyed":9,"keysDestroyed":4')],
    [
      'a field twice, once in escapes',
      genuine.replace('"keysDestroyed":4', '"keys\\u0044estroyed":9,"keysDestroyed":4'),
    ],
    ['a field twice deep inside', genuine.replace('"before":2', '"before":7,"before":2')],
    ['a field that hides', genuine.replace('"keysDestroyed"', '"__proto__":{"rowsLeft":0},"keysDestroyed"')],
    ['a hidden field beside the statement', genuine.replace('{', '{"__proto__":{"rowsLeft":0},')],
    ['a note beside the statement', genuine.replace('{', '{"note":"Everything was erased, backups too.",')],
    ['another number', genuine.replace('"keysDestroyed":4', '"keysDestroyed":5')],
    ['another field', genuine.replace('"keysDestroyed"', '"rowsLeft":0,"keysDestroyed"')],
  ])('is changed by %s', (_what, text) => {
    expect(text).not.toBe(genuine);
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(check(text)).toBe('changed');
  });

  it('is none without its parts, and unknown under another key', () => {
    for (const text of ['{}', 'null', '', '{"statement":', JSON.stringify({ statement, keyId })])
      expect(check(text)).toBe('no-receipt');
    expect(checkReceipt(genuine, new Map())).toBe('unknown-key');
  });
});
