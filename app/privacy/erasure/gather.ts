import { type GateServices, type OpenValues, openForWork, type SealedValue, type Work } from '#app/access/gate.ts';
import { orderPlace } from '#app/carts/places.ts';
import { personPlace } from '#app/customers/people-store.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { isOpen, type RequestState } from '#app/privacy/requests/states.ts';
import { NOBODY, parseSubject, requestPlace, type RequestSubject } from '#app/privacy/requests/subject.ts';
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

const SUBJECT_FIELDS = ['customerIds', 'emails', 'orderIds', 'personIds', 'cartIds', 'customerId', 'email'];

/**
 * Opens what is needed to know whom the request is about, on record.
 *
 * The addresses are those of the request and of the person's own profile, never one that was typed on an order: a friend's
 * address on it is the friend's. An address of the profile that another customer has as well is left out unless the request
 * names it.
 */
export function gather(services: GateServices, shopId: string, requestId: string, work: Work): Promise<Gathered> {
  return openForWork(services, shopId, work, async (tx, open) => {
    const requests = await tx.privacyRequest.findMany({
      where: { shopId, sealed: { not: null } },
      select: { id: true, state: true, sealed: true },
    });
    const subjects = await openSubjects(shopId, requests, open);
    const subject = subjects.get(requestId) ?? NOBODY;
    const sql = sqlTxOfPrisma(tx);
    const found = await findSubject(sql, services.keyStore, shopId, subject);
    const identifiers = await identifiersOf(tx, shopId, subject, found, open);
    const others = requests.filter(
      ({ id }) => id !== requestId && isAbout(subjects.get(id), identifiers, found.personIds),
    );
    const idsWhere = (wanted: boolean) =>
      others.filter(({ state }) => isOpen(state as RequestState) === wanted).map(({ id }) => id);
    return { subject, found, identifiers, closedRequestIds: idsWhere(false), openRequestIds: idsWhere(true) };
  });
}

/** Subjects of requests by id; of those whose key is gone, nothing is known any more. */
async function openSubjects(
  shopId: string,
  requests: readonly { readonly id: string; readonly sealed: Uint8Array | null }[],
  open: OpenValues,
): Promise<Map<string, RequestSubject>> {
  const values = requests.flatMap(({ id, sealed }): SealedValue[] =>
    sealed === null ? [] : [{ subjectId: id, sealed, place: requestPlace(shopId, id) }],
  );
  const opened = await open('request', values, SUBJECT_FIELDS);
  return new Map(
    values.flatMap(({ subjectId }, index) => {
      const fields = opened[index];
      return fields === null || fields === undefined ? [] : [[subjectId, parseSubject(fields)] as const];
    }),
  );
}

async function identifiersOf(
  tx: ShopTx,
  shopId: string,
  subject: RequestSubject,
  found: FoundSubject,
  open: OpenValues,
): Promise<Identifiers> {
  const people = await tx.person.findMany({
    where: { shopId, id: { in: [...found.personIds] } },
    select: { id: true, sealed: true, emailIndex: true, guestRef: true },
  });
  const profiles = await open('person', people.map(valueAt(shopId, personPlace)), ['customerId', 'email']);
  const orders = await tx.order.findMany({
    where: { shopId, id: { in: [...found.orderIds] } },
    select: { id: true, sealed: true },
  });
  const documents = await open('order', orders.map(valueAt(shopId, orderPlace)), ['orderId']);
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

/** Whether a request is about somebody of these identifiers: any one of them is enough. */
function isAbout(
  subject: RequestSubject | undefined,
  { customerIds, emails, orderIds }: Identifiers,
  personIds: readonly string[],
): boolean {
  if (subject === undefined) return false;
  // Staff began it from the person's page.
  if (subject.personIds.some((id) => personIds.includes(id))) return true;
  const lower = emails.map((email) => email.trim().toLowerCase());
  return (
    subject.customerIds.some((id) => customerIds.includes(id)) ||
    (subject.customerIds.length === 0 &&
      (subject.emails.some((email) => lower.includes(email.trim().toLowerCase())) ||
        (subject.emails.length === 0 && subject.orderIds.some((id) => orderIds.includes(id)))))
  );
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
