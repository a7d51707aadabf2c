import fc from 'fast-check';
import { expect, it } from 'vitest';

import { parseJson } from './json.ts';

it('keeps whole numbers that JavaScript would round, as text', () => {
  expect(parseJson('{"id":9007199254740993,"gone":-9007199254740993,"list":[12345678901234567890]}')).toEqual({
    id: '9007199254740993',
    gone: '-9007199254740993',
    list: ['12345678901234567890'],
  });
});

it('leaves every other number a number', () => {
  expect(
    parseJson('{"safe":9007199254740991,"long":0.12345678901234567,"big":1e400,"text":"9007199254740993"}'),
  ).toEqual({
    safe: 9007199254740991,
    long: 0.12345678901234566,
    big: Infinity,
    text: '9007199254740993',
  });
});

const jsonOfSafeNumbers = fc.json().filter((text) => !/\d{16}/.test(text));

it('reads everything else as JSON.parse does', () => {
  fc.assert(
    fc.property(jsonOfSafeNumbers, fc.boolean(), (text, isSlow) => {
      // A long run of digits in a text takes the slow way without changing anything.
      const whole = isSlow ? `["12345678901234567",${text}]` : text;
      expect(JSON.stringify(parseJson(whole))).toBe(JSON.stringify(JSON.parse(whole)));
    }),
    { seed: 3, numRuns: 500 },
  );
});
