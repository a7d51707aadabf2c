import { firstIdOf } from '#app/data/uuid.ts';
import type { ErasureTargets } from '#app/privacy/erasure/erase-rows.ts';

/** The ids of what a person has, without their references. */
type Ids = Omit<ErasureTargets, 'customerRefs'>;

/** Of what a person has, what was there at the time of an erasure: ids count up with time. What is newer is a new beginning. */
export function madeBefore(found: Ids, erasedAt: Date): Ids {
  const first = firstIdOf(erasedAt);
  const old = (ids: readonly string[]) => ids.filter((id) => id < first);
  return {
    personIds: old(found.personIds),
    cartIds: old(found.cartIds),
    checkoutIds: old(found.checkoutIds),
    orderIds: old(found.orderIds),
  };
}
