import { v7 as uuidv7 } from 'uuid';

import { customerRef, personRef, type PersonRef } from '#app/customers/person-ref.ts';
import { loadAliases } from '#app/customers/merge.ts';
import { loadPeople, type PersonRow, savePeople } from '#app/customers/people-store.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import { getCustomerId, type PersonClaim, type PersonEvidence, profileClaim } from '#app/shopify/person-claim.ts';
import { mergeRegisters } from '#app/shopify/registers.ts';
import { eventTime, stampOf } from '#app/shopify/stamp.ts';
import { emailIndex, emailIndexes } from '#app/vault/blind-index.ts';
import { supportCode } from '#app/vault/lookup.ts';

/** Who a claim turned out to be. */
export interface IdentifiedPerson {
  readonly id: string;
  readonly evidence: PersonEvidence;
}

/** People of a batch by the claim that named them. */
export type PeopleByClaim = ReadonlyMap<PersonClaim, IdentifiedPerson>;

/**
 * Finds or makes the people that a batch's claims name, and brings their profiles up to date.
 *
 * One person for each customer id, one for each e-mail that came without an id. A `customers/update` changes a person
 * who exists and never makes one: of a stranger it is parked, and taken into account should a cart of theirs follow.
 */
export async function identifyPeople(
  context: ApplyContext,
  claims: readonly PersonClaim[],
  updates: readonly ShopifyEvent<'customers/update'>[],
): Promise<PeopleByClaim> {
  const claimed = claims.map((claim) => ({ claim, ref: refOf(context, claim) }));
  const updated = updates.map((event) => ({ event, claim: updateClaim(event) }));
  const { people, gone } = await loadPeople(context, [
    ...claimed.map(({ ref }) => ref),
    ...updated.map(({ claim }) => refOf(context, claim)),
  ]);
  const named = claimed.filter(({ ref }) => !gone.has(ref.key));
  const known = updated.filter(({ claim }) => !gone.has(refOf(context, claim).key));
  const aliases = await loadAliases(
    context,
    named.map(({ ref }) => ref),
  );

  const created: Buffer[] = [];
  for (const { claim, ref } of named) {
    if (people.has(ref.key)) continue;
    people.set(ref.key, newPerson(context, ref, claim, aliases.get(ref.key) ?? ref.bytes));
    if (ref.kind === 'customer') created.push(ref.bytes);
  }
  const parked = await context.takeParked(created);

  for (const { claim, ref } of named) {
    mergeInto(context, people.get(ref.key), claim);
    seeAt(people.get(ref.key), claim.seenAt);
  }
  for (const event of parked) {
    const claim = updateClaim(event);
    mergeInto(context, people.get(refOf(context, claim).key), claim);
  }
  for (const { event, claim } of known) {
    const ref = refOf(context, claim);
    const person = people.get(ref.key);
    if (person === undefined) context.park(event, ref.bytes);
    else mergeInto(context, person, claim);
  }
  await savePeople(context, [...people.values()]);

  const byClaim = new Map<PersonClaim, IdentifiedPerson>();
  for (const { claim, ref } of named) {
    const person = people.get(ref.key);
    if (person === undefined) continue;
    byClaim.set(claim, { id: person.id, evidence: ref.kind === 'customer' ? 'customer-id' : 'email' });
  }
  return byClaim;
}

function refOf(context: ApplyContext, claim: PersonClaim): PersonRef {
  const { lookupKey, emailKeys } = context.keys;
  if (claim.customerId !== null) return personRef('customer', customerRef(lookupKey, claim.customerId));
  const [written = Buffer.alloc(0), ...also] = emailIndexes(emailKeys, claim.email ?? '');
  return { ...personRef('guest', written), ...(also.length === 0 ? {} : { also }) };
}

/** @param codeRef whose code the person has: their own, or that of the customer Shopify merged them into. */
function newPerson(context: ApplyContext, ref: PersonRef, claim: PersonClaim, codeRef: Buffer): PersonRow {
  return {
    id: uuidv7(),
    ref,
    supportCode: supportCode(context.keys.lookupKey, codeRef),
    emailIndex: null,
    firstSeenAt: claim.seenAt,
    document: null,
    isNew: true,
    isChanged: true,
  };
}

/** Takes over what the claim says about the person's name and e-mail, if it is the newest word. */
function mergeInto(context: ApplyContext, person: PersonRow | undefined, claim: PersonClaim): void {
  if (person === undefined) return;
  const document = mergeRegisters(person.document, claim.stamp, claim.fields);
  if (document === person.document) return;
  const email = document.v['email'];
  person.document = document;
  person.emailIndex = typeof email === 'string' && email !== '' ? emailIndex(context.keys.emailKey, email) : null;
  person.isChanged = true;
}

/** Only a cart, checkout or order counts as having been seen; a changed profile does not. */
function seeAt(person: PersonRow | undefined, seenAt: Date): void {
  if (person === undefined || seenAt >= person.firstSeenAt) return;
  person.firstSeenAt = seenAt;
  person.isChanged = true;
}

function updateClaim(event: ShopifyEvent<'customers/update'>): PersonClaim {
  const { body, digest } = event;
  const time = eventTime(body.updated_at, event);
  return profileClaim(getCustomerId(body) ?? body.id, body, stampOf(time, digest), time.changedAt);
}
