import { randomBytes, randomInt } from 'node:crypto';

import { expect, it } from 'vitest';

import { open, seal, sealInRun } from './envelope.ts';
import type { Place } from './place.ts';
import type { VaultKey } from './vault-key.ts';
import { VaultError } from './errors.ts';
import { KEY_SCOPES, type KeyScope } from './scope.ts';

/** How many messages are tampered with in every way; `npm run test:long -- vault-tamper` takes a thousand. */
const MESSAGES = Number(process.env['LONG_SEEDS'] ?? 4);
const SCOPES = Object.keys(KEY_SCOPES) as KeyScope[];

interface Message {
  readonly key: VaultKey;
  readonly place: Place;
  readonly sealed: Buffer;
}

function message(index: number): Message {
  const scope = SCOPES[index % SCOPES.length]!;
  const key: VaultKey = { scope, version: randomInt(1, 1_000), secret: randomBytes(32) };
  const id = () => randomBytes(4).toString('hex');
  const place = { shop: id(), table: id(), column: id(), row: id() };
  const plaintext = randomBytes(randomInt(0, 60));
  return { key, place, sealed: index % 2 === 0 ? seal(key, plaintext, place) : sealInRun(key, plaintext, place) };
}

/** Every way in which bytes can be changed by one step. */
function* tampered(sealed: Buffer): Generator<Buffer> {
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const flipped = Buffer.from(sealed);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    yield flipped;
  }
  for (let length = 0; length < sealed.length; length += 1) {
    yield sealed.subarray(0, length);
    yield sealed.subarray(sealed.length - length);
  }
  for (const more of [Buffer.of(0), Buffer.of(0x80), randomBytes(16), sealed]) {
    yield Buffer.concat([sealed, more]);
    yield Buffer.concat([more, sealed]);
  }
}

function* moved({ place }: Message, other: Message): Generator<Place> {
  for (const part of ['shop', 'table', 'column', 'row'] as const) yield { ...place, [part]: other.place[part] };
  // The same letters, cut at another place.
  yield { ...place, shop: place.shop + place.table, table: '' };
  yield { ...place, table: place.table.slice(0, -1), column: place.table.slice(-1) + place.column };
  yield { ...place, column: place.row, row: place.column };
}

it('nothing that was tampered with opens, whatever was done to it', { timeout: 3_600_000 }, () => {
  let cases = 0;
  const opened: string[] = [];
  const refuses = (key: VaultKey, sealed: Buffer, place: Place, what: string) => {
    cases += 1;
    try {
      open(key, sealed, place);
      opened.push(what);
    } catch (error) {
      if (!(error instanceof VaultError) || error.code !== 'vault.unopenable') throw error;
    }
  };
  let before = message(0);
  for (let index = 1; index <= MESSAGES; index += 1) {
    const one = message(index);
    // Control: untouched, it opens.
    open(one.key, one.sealed, one.place);
    for (const bytes of tampered(one.sealed)) refuses(one.key, bytes, one.place, 'changed bytes');
    for (const place of moved(one, before)) refuses(one.key, one.sealed, place, 'another place');
    refuses(before.key, one.sealed, one.place, 'another key');
    refuses({ ...one.key, secret: before.key.secret }, one.sealed, one.place, 'another secret');
    refuses({ ...one.key, version: one.key.version + 1 }, one.sealed, one.place, 'another version');
    refuses({ ...one.key, version: one.key.version + 1, older: [before.key] }, one.sealed, one.place, 'older versions');
    // The tag of one message on another, as a thief of two rows would try.
    const tag = Buffer.concat([one.sealed.subarray(0, -16), before.sealed.subarray(-16)]);
    refuses(one.key, tag, one.place, 'another tag');
    before = one;
  }
  expect(opened).toEqual([]);
  expect(cases).toBeGreaterThan(MESSAGES * 600);
});
