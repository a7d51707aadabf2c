import { expect, it } from 'vitest';

import { pollDelayMs } from '#app/ui/live/delay.ts';

it('asks every two seconds while seen, seldom while hidden, and less and less while it fails', () => {
  expect(pollDelayMs({ isHidden: false, failures: 0 })).toBe(2_000);
  expect(pollDelayMs({ isHidden: true, failures: 0 })).toBe(30_000);
  const delays = [1, 2, 3, 4, 5, 40].map((failures) => pollDelayMs({ isHidden: false, failures }));
  expect(delays).toEqual([4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});
