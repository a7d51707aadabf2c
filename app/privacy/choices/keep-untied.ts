import { untiePeople } from '#app/carts/apply/untie.ts';
import { emailsOf } from '#app/customers/people-store.ts';
import type { Admit } from '#app/ingest/apply/admission.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import { dropParked } from '#app/ingest/apply/inbox-rows.ts';
import { mayLink } from '#app/privacy/choices/rules.ts';
import { findSuppressed, objectionRequestOf, suppress } from '#app/privacy/choices/suppressions.ts';
import { eraseRows, NO_TARGETS } from '#app/privacy/erasure/erase-rows.ts';
import { type Mark, type MarkKeys, markOfCustomer, markOfEmail, markOfRef } from '#app/privacy/forgotten/marks.ts';
import { findCustomer, type FoundSubject } from '#app/privacy/subject/find-subject.ts';
import { customerIdOfGid, getCustomerId, type RawCustomer } from '#app/shopify/person-claim.ts';

/**
 * Nothing new is tied to somebody who has opted out or objected: a checkout or order of theirs goes on without saying whose
 * it is. The cart and what was bought stay the shop's; who it was does not come in.
 *
 * Of somebody who has opted out, what was tied before stays, and a correction of their profile is taken. Of somebody who has
 * objected there is no profile, and none is made. Whom Shopify merges with somebody who has refused has refused, too; with
 * somebody who has objected, they are cut loose from what they were tied to, as by an objection of their own.
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
        const marks = what === 'objected' ? await cutLoose(context, both) : both;
        await suppress(tx, shopId, { what: refusal, source: 'shopify', at: now(), requestId }, marks);
        for (const { tag } of marks) if (refused.get(tag) !== 'objected') refused.set(tag, what);
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

/**
 * Cuts customers loose who turned out to be one with somebody who objected: what they are tied to stays and no longer says so,
 * their profile goes with its key. @returns by which they would be known again.
 */
async function cutLoose(context: ApplyContext, customers: readonly Mark[]): Promise<Mark[]> {
  const { tx, shopId, keys } = context;
  const found: Pick<FoundSubject, 'personIds' | 'customerRefs'>[] = [];
  for (const { ref } of customers) if (ref !== null) found.push(await findCustomer(tx, shopId, ref));
  const personIds = [...new Set(found.flatMap((one) => one.personIds))];
  const customerRefs = found.flatMap((one) => one.customerRefs);
  const emails = await emailsOf(context, personIds);
  await untiePeople(context, personIds);
  await eraseRows(tx, shopId, { ...NO_TARGETS, personIds, customerRefs });
  await dropParked(tx, shopId, customerRefs);
  return [
    ...customerRefs.map((ref) => markOfRef(keys, 'customer', ref)),
    ...emails.map((email) => markOfEmail(keys, email)),
  ];
}

type Purchase = ShopifyEvent<
  'checkouts/create' | 'checkouts/update' | 'orders/create' | 'orders/updated' | 'orders/cancelled'
>;

function isPurchase(event: ShopifyEvent): event is Purchase {
  return event.topic.startsWith('orders/') || event.topic === 'checkouts/create' || event.topic === 'checkouts/update';
}

/** Every mark under which whoever an event names could have refused: the number, and each address that it gives. */
function marksNamedBy(event: ShopifyEvent, keys: MarkKeys): Mark[] {
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
