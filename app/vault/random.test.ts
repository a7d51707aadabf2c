import { expect, it } from 'vitest';

import { random } from './random.ts';

it('gives as many bytes as asked for, never the same twice', () => {
  const seen = new Set<string>();
  for (let time = 0; time < 2_000; time += 1) {
    const bytes = random(12 + (time % 30));
    expect(bytes).toHaveLength(12 + (time % 30));
    seen.add(bytes.subarray(0, 12).toString('hex'));
  }
  expect(seen.size).toBe(2_000);
});

it('gives bytes of their own', () => {
  const one = random(16);
  const copy = Buffer.from(one);
  for (let time = 0; time < 1_000; time += 1) random(16);
  expect(one).toEqual(copy);
  expect(random(10_000)).toHaveLength(10_000);
});
