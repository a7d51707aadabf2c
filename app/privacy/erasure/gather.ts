import { type GateServices, type OpenForWork, openForWork, type Work } from '#app/access/gate.ts';
import type { SealedValue } from '#app/access/opener.ts';
import { orderPlace } from '#app/carts/places.ts';
import { personPlace } from '#app/customers/people-store.ts';
import { customerRef } from '#app/customers/person-ref.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { isAbout, openRequests } from '#app/privacy/erasure/requests-about.ts';
import { isOpen, type RequestState } from '#app/privacy/requests/states.ts';
import { NOBODY, type RequestSubject } from '#app/privacy/requests/subject.ts';
import { findSubject, type FoundSubject } from '#app/privacy/subject/find-subject.ts';

/** What identifies a person in clear: needed to set tombstones and to look for what is left, and for nothing else. */
export interface Identifiers {
  readonly customerIds: readonly string[];
  readonly emails: readonly string[];
  readonly orderIds: readonly string[];
}

/** Whom an erasure is about, as far as it is known before the shop is locked. */
export interface Gathered {
  readonly subject: RequestSubject;
  readonly found: FoundSubject;
  readonly identifiers: Identifiers;
  /** Other requests about the same person: those that are closed lose their key, those that are open stay. */
  readonly closedRequestIds: readonly string[];
  readonly openRequestIds: readonly string[];
}

/**
 * Opens what is needed to know whom the request is about, on record.
 *
 * The addresses are those of the request and of the person's own profile, never one that was typed on an order: a friend's
 * address on it is the friend's. An address of the profile that another customer has as well is left out unless the request
 * names it. What is damaged and does not open is erased without being known, and keeps nothing else from being erased.
 */
export function gather(services: GateServices, shopId: string, requestId: string, work: Work): Promise<Gathered> {
  return openForWork(services, shopId, work, async (tx, open) => {
    const { requests, subjects } = await openRequests(tx, shopId, open, requestId);
    const subject = subjects.get(requestId) ?? NOBODY;
    const sql = sqlTxOfPrisma(tx);
    const found = await findSubject(sql, services.keyStore, shopId, subject);
    const own = await identifiersOf(tx, shopId, subject, found, open);
    // Numbers under which others' requests name this person: of a merged customer there may be nothing but the number's digest.
    const { lookupKey } = await services.keyStore.shopKeys(sql, shopId);
    const refs = new Set(found.customerRefs.map((ref) => ref.toString('hex')));
    const merged = [...subjects.values()]
      .flatMap(({ customerIds }) => customerIds)
      .filter((id) => refs.has(customerRef(lookupKey, id).toString('hex')));
    const identifiers = { ...own, customerIds: distinct([...own.customerIds, ...merged]) };
    const others = requests.filter(
      ({ id }) => id !== requestId && isAbout(subjects.get(id), identifiers, found.personIds),
    );
    const idsWhere = (wanted: boolean) =>
      others.filter(({ state }) => isOpen(state as RequestState) === wanted).map(({ id }) => id);
    return { subject, found, identifiers, closedRequestIds: idsWhere(false), openRequestIds: idsWhere(true) };
  });
}

async function identifiersOf(
  tx: ShopTx,
  shopId: string,
  subject: RequestSubject,
  found: FoundSubject,
  open: OpenForWork,
): Promise<Identifiers> {
  const people = await tx.person.findMany({
    where: { shopId, id: { in: [...found.personIds] } },
    select: { id: true, sealed: true, emailIndex: true, guestRef: true },
  });
  const profiles = await open('person', people.map(valueAt(shopId, personPlace)), ['customerId', 'email'], 'leave');
  const orders = await tx.order.findMany({
    where: { shopId, id: { in: [...found.orderIds] } },
    select: { id: true, sealed: true },
  });
  const documents = await open('order', orders.map(valueAt(shopId, orderPlace)), ['orderId'], 'leave');
  const shared = await sharedWithOthers(tx, shopId, found);
  const own = profiles.filter((_, index) => {
    const { emailIndex, guestRef } = people[index] ?? {};
    return guestRef !== null || !shared.has(Buffer.from(emailIndex ?? []).toString('hex'));
  });
  return {
    customerIds: distinct([...subject.customerIds, ...texts(profiles, 'customerId')]),
    emails: distinct([...subject.emails, ...texts(own, 'email')]),
    orderIds: distinct([...subject.orderIds, ...texts(documents, 'orderId')]),
  };
}

/** Address indexes that a customer who is not meant has as well. */
async function sharedWithOthers(tx: ShopTx, shopId: string, found: FoundSubject): Promise<Set<string>> {
  if (found.emailIndexes.length === 0) return new Set();
  const others = await tx.person.findMany({
    where: {
      shopId,
      id: { notIn: [...found.personIds] },
      customerRef: { not: null },
      emailIndex: { in: found.emailIndexes.map((index) => new Uint8Array(index)) },
    },
    select: { emailIndex: true },
  });
  return new Set(others.map(({ emailIndex }) => Buffer.from(emailIndex ?? []).toString('hex')));
}

function valueAt(shopId: string, placeOf: (shopId: string, id: string) => SealedValue['place']) {
  return ({ id, sealed }: { readonly id: string; readonly sealed: Uint8Array }): SealedValue => ({
    subjectId: id,
    sealed,
    place: placeOf(shopId, id),
  });
}

function texts(opened: readonly (Readonly<Record<string, unknown>> | null)[], field: string): string[] {
  return opened.flatMap((fields) => {
    const value = fields?.[field];
    return typeof value === 'string' && value.trim() !== '' ? [value] : [];
  });
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
