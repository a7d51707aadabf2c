import { describe, expect, it } from 'vitest';

import { activeReveal, getRevealPurpose } from './reveal.ts';

const at = Date.parse('2026-11-23T12:00:00Z');
const row = { purpose: 'customer-service', usedAt: new Date(at) };
const MINUTE = 60_000;

describe('a reveal', () => {
  it('is in force for thirty minutes after its last use, and not a moment longer', () => {
    expect(activeReveal(row, at)).toEqual({ purpose: 'customer-service', endsAtMs: at + 30 * MINUTE });
    expect(activeReveal(row, at + 30 * MINUTE - 1)).not.toBeNull();
    expect(activeReveal(row, at + 30 * MINUTE)).toBeNull();
  });

  it('for something that is no purpose to show names for is none', () => {
    expect(activeReveal({ ...row, purpose: 'curiosity' }, at)).toBeNull();
    expect(activeReveal(null, at)).toBeNull();
    for (const text of ['security', 'export', '', null, 7]) expect(getRevealPurpose(text)).toBeNull();
  });
});
