import { expect, it } from 'vitest';

import { Pace } from '#app/privacy/individuals/pace.ts';

it('lets so many through at once, then as many a minute', () => {
  let now = 0;
  const pace = new Pace(6, () => now);
  const taken = () => Array.from({ length: 10 }, () => pace.take()).filter(Boolean).length;
  expect(taken()).toBe(6);
  now += 30_000;
  expect(taken()).toBe(3);
  now += 3_600_000;
  expect(taken()).toBe(6);
  // A clock that goes back gives nothing away.
  now -= 3_600_000;
  expect(taken()).toBe(0);
});
