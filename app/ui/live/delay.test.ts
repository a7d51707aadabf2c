import { expect, it } from 'vitest';

import { pollDelayMs } from '#app/ui/live/delay.ts';

it('asks more than once a second while seen, seldom while hidden, and less and less while it fails', () => {
  expect(pollDelayMs({ isHidden: false, failures: 0 })).toBe(800);
  expect(pollDelayMs({ isHidden: true, failures: 0 })).toBe(30_000);
  const delays = [1, 2, 3, 4, 5, 40].map((failures) => pollDelayMs({ isHidden: false, failures }));
  expect(delays).toEqual([1_600, 3_200, 6_400, 12_800, 25_600, 30_000]);
});
