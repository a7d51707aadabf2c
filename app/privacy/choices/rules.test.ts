import { describe, expect, it } from 'vitest';

import { CHOICES, choiceNow, LEAVING, type LeavingPurpose, mayLeave, mayLink } from '#app/privacy/choices/rules.ts';

const NOW = new Date('2026-11-26T12:00:00.000Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 3_600_000);

describe('what a choice allows', () => {
  it.each(Object.keys(LEAVING) as LeavingPurpose[])('%s leaves only as it says', (purpose) => {
    const allowed = CHOICES.filter((choice) => mayLeave(purpose, choice));
    expect(allowed).toEqual(LEAVING[purpose].asks ? ['may'] : CHOICES);
  });

  it('nothing new is tied to somebody who has opted out or objected', () => {
    expect(CHOICES.filter(mayLink)).toEqual(['unknown', 'may']);
  });

  it('an answer that was not renewed allows nothing after two weeks, and a refusal holds', () => {
    expect(choiceNow('may', daysAgo(14), NOW)).toBe('may');
    expect(choiceNow('may', daysAgo(14.01), NOW)).toBe('unknown');
    expect(choiceNow('opted-out', daysAgo(400), NOW)).toBe('opted-out');
    expect(choiceNow(null, daysAgo(1), NOW)).toBe('unknown');
    expect(choiceNow(null, null, NOW)).toBe('unknown');
  });
});
