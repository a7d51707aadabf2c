import { describe, expect, it } from 'vitest';

import { REQUEST_KINDS, REQUEST_SOURCES } from './kinds.ts';
import { canGo, CLOSED, isOpen, OPEN, REQUEST_STATES } from './states.ts';

const erasure = { kind: 'erasure', source: 'merchant' } as const;

describe('the states of a request', () => {
  it('lead from receipt to the end by work', () => {
    expect(canGo({ ...erasure, state: 'received' }, 'working')).toBe(true);
    expect(canGo({ ...erasure, state: 'received' }, 'done')).toBe(false);
    expect(canGo({ ...erasure, state: 'working' }, 'done')).toBe(true);
  });

  it('are never left once closed, whoever brought it and whatever it asks', () => {
    for (const state of CLOSED)
      for (const kind of REQUEST_KINDS)
        for (const source of REQUEST_SOURCES)
          for (const to of REQUEST_STATES) expect(canGo({ kind, source, state }, to)).toBe(false);
  });

  it('are open or closed, each one', () => {
    expect([...OPEN, ...CLOSED].sort()).toEqual([...REQUEST_STATES].sort());
    expect(isOpen('residue')).toBe(true);
    expect(isOpen('paused')).toBe(true);
  });

  it('let nothing of Shopify’s be refused', () => {
    for (const state of REQUEST_STATES) {
      expect(canGo({ kind: 'erasure', source: 'shopify', state }, 'refused')).toBe(false);
      expect(canGo({ kind: 'shop-erasure', source: 'clock', state }, 'refused')).toBe(false);
    }
    expect(canGo({ ...erasure, state: 'received' }, 'refused')).toBe(true);
  });

  it('know a residue of erasures only, and no way round another run', () => {
    expect(canGo({ kind: 'access', source: 'merchant', state: 'working' }, 'residue')).toBe(false);
    expect(canGo({ ...erasure, state: 'residue' }, 'superseded')).toBe(false);
    expect(canGo({ ...erasure, state: 'residue' }, 'working')).toBe(true);
  });

  it('have a way out of every open one', () => {
    for (const state of OPEN) {
      expect(REQUEST_STATES.some((to) => canGo({ ...erasure, state }, to))).toBe(true);
    }
  });
});
