import { expect, it } from 'vitest';

import { dueBadge } from '#app/ui/requests/due.ts';

const DAY_MS = 86_400_000;
const badge = (days: number, state: 'received' | 'paused' = 'received', finishedAtMs: number | null = null) =>
  dueBadge({ state, dueAtMs: days * DAY_MS, finishedAtMs }, 0);

it('says how many days are left, more loudly as they run out', () => {
  expect(badge(30)).toEqual({ text: '30 days left', tone: 'success' });
  expect(badge(10)).toEqual({ text: '10 days left', tone: 'attention' });
  expect(badge(1.5)).toEqual({ text: '1 day left', tone: 'warning' });
  expect(badge(0.2)).toEqual({ text: 'Less than a day left', tone: 'warning' });
  expect(badge(-0.1)).toEqual({ text: '1 day overdue', tone: 'critical' });
});

it('says nothing of a closed request, and that one on hold is', () => {
  expect(badge(5, 'received', 1)).toBeNull();
  expect(badge(5, 'paused')).toMatchObject({ text: 'On hold' });
  expect(badge(-2, 'paused')).toMatchObject({ tone: 'critical' });
});
