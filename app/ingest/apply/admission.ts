import type { ApplyContext } from '#app/ingest/apply/context.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';

/**
 * Says which of a shop's events may be applied, before anything is read from them. What is not in the answer is dropped for
 * good; an event may come back with less in it.
 *
 * Whatever writes people passes here: the worker's batches with their retries and replayed dead letters, and any back-fill.
 *
 * @param context its transaction holds the shop's lock, so nothing is erased between the answer and the writing.
 */
export type Admit = (context: ApplyContext, events: readonly ShopifyEvent[]) => Promise<readonly ShopifyEvent[]>;

/** Several admissions, each asked about what the one before let through. */
export function admitBy(...admissions: readonly Admit[]): Admit {
  return async (context, events) => {
    let admitted = events;
    for (const admit of admissions) {
      if (admitted.length === 0) return admitted;
      admitted = await admit(context, admitted);
    }
    return admitted;
  };
}
