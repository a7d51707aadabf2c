import type { Admit } from '#app/ingest/apply/admission.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import { mayLink } from '#app/privacy/choices/rules.ts';
import { findSuppressed, objectionRequestOf, suppress } from '#app/privacy/choices/suppressions.ts';
import { type Mark, type MarkKeys, markOfCustomer, markOfEmail } from '#app/privacy/forgotten/marks.ts';
import { customerIdOfGid, getCustomerId, type RawCustomer } from '#app/shopify/person-claim.ts';

/**
 * Nothing new is tied to somebody who has opted out or objected: a checkout or order of theirs goes on without saying whose
 * it is. The cart and what was bought stay the shop's; who it was does not come in.
 *
 * Of somebody who has opted out, what was tied before stays, and a correction of their profile is taken. Of somebody who has
 * objected there is no profile, and none is made. Whom Shopify merges with somebody who has refused has refused, too.
 *
 * A shop in which nobody has refused anything costs nothing; any other, one look-up for a batch.
 */
export function keepUntied(now: () => Date): Admit {
  return async (context, events) => {
    if (!context.hasSuppressed) return events;
    const { tx, shopId, keys } = context;
    const named = events.map((event) => marksNamedBy(event, keys));
    const refused = await findSuppressed(tx, shopId, [...new Set(named.flat().map(({ tag }) => tag))]);
    if (refused.size === 0) return events;

    for (const [index, event] of events.entries()) {
      if (event.topic !== 'customers/merge') continue;
      const both = named[index] ?? [];
      const choices = both.map(({ tag }) => refused.get(tag));
      for (const what of ['objected', 'opted-out'] as const) {
        if (!choices.includes(what)) continue;
        const refusal = what === 'objected' ? 'objection' : 'sale-opt-out';
        // Whoever takes the objection back takes it back for both.
        const requestId =
          what === 'objected' ? await objectionRequestOf(tx, shopId, [...both.map(({ tag }) => tag)]) : null;
        await suppress(tx, shopId, { what: refusal, source: 'shopify', at: now(), requestId }, both);
        for (const { tag } of both) if (refused.get(tag) !== 'objected') refused.set(tag, what);
      }
    }

    return events.flatMap((event, index) => {
      const choices = (named[index] ?? []).flatMap(({ tag }) => refused.get(tag) ?? []);
      if (choices.every(mayLink)) return [event];
      if (event.topic === 'customers/update') return choices.includes('objected') ? [] : [event];
      return [isPurchase(event) ? withoutIdentity(event) : event];
    });
  };
}

type Purchase = ShopifyEvent<
  'checkouts/create' | 'checkouts/update' | 'orders/create' | 'orders/updated' | 'orders/cancelled'
>;

function isPurchase(event: ShopifyEvent): event is Purchase {
  return event.topic.startsWith('orders/') || event.topic === 'checkouts/create' || event.topic === 'checkouts/update';
}

/** Every mark under which whoever an event names could have refused: the number, and each address that it gives. */
export function marksNamedBy(event: ShopifyEvent, keys: MarkKeys): Mark[] {
  if (isPurchase(event)) return [...marksOf(event.body.customer, keys), ...emailMarks([event.body.email], keys)];
  if (event.topic === 'customers/update') return marksOf(event.body, keys);
  if (event.topic !== 'customers/merge') return [];
  return [event.body.admin_graphql_api_customer_deleted_id, event.body.admin_graphql_api_customer_kept_id]
    .map(customerIdOfGid)
    .filter((id) => id !== null)
    .map((id) => markOfCustomer(keys, id));
}

function marksOf(customer: RawCustomer | null | undefined, keys: MarkKeys): Mark[] {
  if (customer === null || customer === undefined) return [];
  const id = getCustomerId(customer);
  return [...(id === null ? [] : [markOfCustomer(keys, id)]), ...emailMarks([customer.email], keys)];
}

function emailMarks(emails: readonly (string | null | undefined)[], keys: MarkKeys): Mark[] {
  return emails.flatMap((email) =>
    typeof email === 'string' && email.trim() !== '' ? [markOfEmail(keys, email)] : [],
  );
}

/** A field that is absent leaves what is stored, so that what is new never gets the tie. */
function withoutIdentity(event: Purchase): ShopifyEvent {
  const body = Object.entries(event.body).filter(([field]) => field !== 'customer' && field !== 'email');
  return { ...event, body: Object.fromEntries(body) } as ShopifyEvent;
}
