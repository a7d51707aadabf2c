import type { Mark } from '#app/privacy/forgotten/marks.ts';
import type { Tombstone } from '#app/privacy/forgotten/tombstones.ts';
import type { Trace } from '#app/privacy/forgotten/trace-of.ts';

/**
 * What becomes of an event.
 *
 * - `pass`: nothing of it is forgotten.
 * - `drop`: it belongs to what was erased. `spreads` are the things it names that belong to it as well: a cart whose
 *   checkout was erased is that person's, even if its own webhooks came before anybody knew; so is a customer with whom
 *   the erased one had been merged.
 * - `cut`: it is new, and names something old: it goes on without the link, so that it is never joined to the past.
 */
export type Verdict =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'drop'; readonly by: Tombstone; readonly spreads: readonly Mark[] }
  | { readonly verdict: 'cut'; readonly fields: readonly ('cart_token' | 'checkout_token')[] };

const PASS: Verdict = { verdict: 'pass' };

/**
 * Judges one event. What belongs to a cart, checkout or order that was there before the erasure is dropped; what is new
 * starts clean. Somebody else's purchase is never dropped for a cart it came from, only cut loose from it.
 *
 * @param stands the tombstone of a mark, if there is one.
 * @param isThere whether the customer exists as a person who came after the erasure.
 * @param isOther whether the customer was there at the erasure of their address and was not meant by it.
 */
export function judge(
  trace: Trace,
  stands: (mark: Mark) => Tombstone | undefined,
  isThere: (customer: Mark) => boolean,
  isOther: (customer: Mark) => boolean,
): Verdict {
  switch (trace.kind) {
    case 'cart': {
      const by = stands(trace.cart);
      return by === undefined ? PASS : { verdict: 'drop', by, spreads: [] };
    }
    case 'profile':
      return judgeProfile(trace, stands, isThere, isOther);
    case 'purchase':
      return judgePurchase(trace, stands, isOther);
  }
}

function judgeProfile(
  { customers, address, at, needsPerson }: Trace & { kind: 'profile' },
  stands: (mark: Mark) => Tombstone | undefined,
  isThere: (customer: Mark) => boolean,
  isOther: (customer: Mark) => boolean,
): Verdict {
  const ofAddress = address === null || customers.some(isOther) ? undefined : stands(address);
  const by = customers.map(stands).find((tombstone) => tombstone !== undefined) ?? ofAddress;
  if (by === undefined) return PASS;
  const isOld = at <= by.erasedAt;
  // Merged before the erasure: they were one person by then, whichever of the two was asked for.
  if (isOld) return { verdict: 'drop', by, spreads: needsPerson ? [] : customers };
  return needsPerson && !customers.some(isThere) ? { verdict: 'drop', by, spreads: [] } : PASS;
}

function judgePurchase(
  { own, from, claim, address, createdAt }: Trace & { kind: 'purchase' },
  stands: (mark: Mark) => Tombstone | undefined,
  isOther: (customer: Mark) => boolean,
): Verdict {
  const sources = Object.values(from);
  const isOld = (tombstone: Tombstone) => createdAt === null || createdAt <= tombstone.erasedAt;
  const ownStone = stands(own);
  if (ownStone !== undefined) return { verdict: 'drop', by: ownStone, spreads: sources };

  const ofPerson = claim === null ? undefined : stands(claim);
  if (ofPerson !== undefined && isOld(ofPerson)) return { verdict: 'drop', by: ofPerson, spreads: [own, ...sources] };

  // All the request named was the address, and this customer has it: had they been known, they would have been meant.
  const ofAddress = claim === null || address === null || isOther(claim) ? undefined : stands(address);
  if (claim !== null && ofAddress !== undefined && isOld(ofAddress)) {
    return { verdict: 'drop', by: ofAddress, spreads: [own, claim, ...sources] };
  }

  const fields = (['cart_token', 'checkout_token'] as const).filter((field) => {
    const mark = from[field];
    return mark !== undefined && stands(mark) !== undefined;
  });
  const ofSource = sources.map(stands).find((tombstone) => tombstone !== undefined);
  // Nobody is named: it belongs to whoever the cart belonged to.
  if (ofSource !== undefined && claim === null && isOld(ofSource)) {
    return { verdict: 'drop', by: ofSource, spreads: [own, ...sources] };
  }
  // Named, and old: of the erased person's cart, but by somebody the request was not about.
  return fields.length === 0 ? PASS : { verdict: 'cut', fields };
}
