import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FairQueue } from './fair-queue.ts';

function filled(counts: Readonly<Record<string, number>>): FairQueue<string> {
  const queue = new FairQueue<string>();
  for (const [shop, count] of Object.entries(counts)) {
    for (let index = 0; index < count; index += 1) queue.push(shop, `${shop}${String(index)}`);
  }
  return queue;
}

describe('a fair queue', () => {
  it('lets a quiet shop pass beside a busy one', () => {
    const queue = filled({ busy: 1_000, quiet: 2 });
    const taken = queue.take(10);
    expect(taken.filter((item) => item.startsWith('quiet'))).toEqual(['quiet0', 'quiet1']);
    expect(taken).toHaveLength(10);
    expect(queue.size).toBe(992);
  });

  it('serves everybody in turn when there are more shops than places', () => {
    const queue = filled({ a: 3, b: 3, c: 3, d: 3, e: 3 });
    expect(queue.take(3)).toEqual(['a0', 'b0', 'c0']);
    expect(queue.take(3)).toEqual(['d0', 'e0', 'a1']);
    expect(queue.take(3)).toEqual(['b1', 'c1', 'd1']);
  });

  it('fills the places one shop leaves with what others have', () => {
    expect(filled({ a: 10, b: 1 }).take(6).sort()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'b0']);
    expect(filled({ a: 2 }).take(6)).toEqual(['a0', 'a1']);
    expect(filled({}).take(6)).toEqual([]);
  });

  it('knows who is first in each line', () => {
    const queue = filled({ a: 2, b: 1 });
    expect([...queue.heads()]).toEqual(['a0', 'b0']);
    queue.take(2);
    expect([...queue.heads()]).toEqual(['a1']);
  });

  it('loses nothing, doubles nothing and keeps the order within a shop', () => {
    const step = fc.oneof(
      fc.record({ shop: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ take: fc.integer({ min: 1, max: 7 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new FairQueue<{ shop: string; number: number }>();
        const pushed: { shop: string; number: number }[] = [];
        const taken: { shop: string; number: number }[] = [];
        for (const next of steps) {
          if ('take' in next) taken.push(...queue.take(next.take));
          else {
            const item = { shop: next.shop, number: pushed.length };
            pushed.push(item);
            queue.push(item.shop, item);
          }
          expect(queue.size).toBe(pushed.length - taken.length);
        }
        taken.push(...queue.take(Infinity));
        for (const shop of ['a', 'b', 'c']) {
          const of = (items: typeof taken) => items.filter((item) => item.shop === shop);
          expect(of(taken)).toEqual(of(pushed));
        }
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
