import type { Selection } from './selection.ts';

/** A query that may cost more is not run at all. */
export const MAX_QUERY_COST = 1_000;
const MUTATION_COST = 10;

/**
 * What Shopify reckons that these selections cost at most: nothing for scalars, one for an object, an object for every
 * item of a list, the dearest of the fragments where the type is open, ten for a mutation.
 */
export function costOf(kind: 'query' | 'mutation', selections: readonly Selection[], value: unknown): number {
  return costOfObject(selections, value) + (kind === 'mutation' ? MUTATION_COST - 1 : 0);
}

function costOfObject(selections: readonly Selection[], value: unknown): number {
  let fields = 0;
  let dearestFragment = 0;
  for (const selection of selections) {
    if (selection.kind === 'fragment') {
      dearestFragment = Math.max(dearestFragment, costOfObject(selection.selections, value));
      continue;
    }
    if (selection.selections.length === 0) continue;
    const inner = (value as Record<string, unknown> | null | undefined)?.[selection.name];
    const items: readonly unknown[] = Array.isArray(inner) ? inner : [inner];
    // An item that is not there was asked for all the same; what it would have had is seen on one that is.
    const example = items.find((item) => item !== null && item !== undefined);
    fields += items.length * (1 + costOfObject(selection.selections, example));
  }
  return fields + dearestFragment;
}
