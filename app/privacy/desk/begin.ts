import { z } from 'zod';

import { staffActor } from '#app/access/actor.ts';
import { openForPeople, type PersonView } from '#app/access/gate.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { isUuid } from '#app/data/uuid.ts';
import { withShop, type ShopTx } from '#app/data/with-shop.ts';
import { parseEmail } from '#app/privacy/agreements/signer.ts';
import { dayOf, noonOf } from '#app/privacy/desk/day.ts';
import type { SubmitServices } from '#app/privacy/desk/submit.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { NOBODY, type RequestSubject } from '#app/privacy/requests/subject.ts';
import { findSubject, type FoundSubject } from '#app/privacy/subject/find-subject.ts';

/** In what way somebody is looked for; `person` is our own id of somebody whose page staff came from. */
const FIND_BY = ['email', 'customer', 'order', 'person'] as const;
export type FindBy = (typeof FIND_BY)[number];

/** What staff can begin for somebody who wrote to them. */
export const BEGINNABLE = ['access', 'portability', 'erasure', 'correction', 'objection'] as const;

const findSchema = z.object({ by: z.enum(FIND_BY), value: z.string() });
const formSchema = z.discriminatedUnion('intent', [
  findSchema.extend({ intent: z.literal('find') }),
  findSchema.extend({
    intent: z.literal('begin'),
    kind: z.enum(BEGINNABLE),
    regime: z.enum(['gdpr', 'ccpa']),
    scope: z.enum(['last-12-months', 'everything']).default('everything'),
    receivedOn: z.string(),
  }),
]);

/** Who was found: codes and how much there is of them, never who they are. */
export interface FoundView {
  readonly codes: readonly string[];
  readonly carts: number;
  readonly checkouts: number;
  readonly orders: number;
}

export type BeginResult =
  | { readonly kind: 'found'; readonly found: FoundView }
  | { readonly kind: 'begun'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: 'value-malformed' | 'date-malformed' | 'person-gone' };

/** A request cannot have come tomorrow, nor so long ago that its time was up before it was begun. */
const LONGEST_AGO_DAYS = 30;
const DAY_MS = 86_400_000;

export interface Beginner {
  readonly staffId: string;
  readonly requestId: string;
  /** The shop's: the day somebody wrote is one of its days. */
  readonly timeZone: string | null;
}

/**
 * Finds somebody who wrote to the shop, or begins a request for them. What was typed travels in the body of the form
 * only, and looking somebody up is on record, whether anybody is found or not.
 *
 * @throws Response 400 for a form that is none of ours.
 */
export async function submitBeginning(
  services: SubmitServices,
  shopId: string,
  { staffId, requestId, timeZone }: Beginner,
  form: FormData,
): Promise<BeginResult> {
  const parsed = formSchema.safeParse(Object.fromEntries(form));
  if (!parsed.success) throw new Response(null, { status: 400 });
  const fields = parsed.data;
  const subject = subjectOf(fields.by, fields.value);
  if (subject === null) return { kind: 'refused', reason: 'value-malformed' };
  const at = services.clock();
  const receivedAt = fields.intent === 'begin' ? getReceivedAt(fields.receivedOn, timeZone, at) : at;
  if (receivedAt === null) return { kind: 'refused', reason: 'date-malformed' };
  const { keyStore, jobs } = services;
  if (fields.intent === 'find') return findForRequest(services, shopId, { staffId, requestId }, fields.by, subject);
  return withShop(services.db, shopId, async (tx) => {
    const sql = sqlTxOfPrisma(tx);
    const { pseudonymKey } = await keyStore.shopKeys(sql, shopId);
    const actor = staffActor(pseudonymKey, staffId);
    if (await isGone(tx, shopId, fields.by, subject)) return { kind: 'refused', reason: 'person-gone' };
    const { kind, regime, scope } = fields;
    const isCopy = kind === 'access' || kind === 'portability';
    const asked = {
      kind,
      source: 'merchant',
      regime,
      scope: isCopy ? scope : null,
      subject,
      receivedAt,
      actor,
    } as const;
    const id = await createRequest(sql, keyStore, shopId, asked);
    await jobs.add(sql, 'request.work', { shopId, requestId: id });
    return { kind: 'begun', id };
  });
}

/** Somebody whose page staff came from: their code, and nothing else; null when the shop has no such person. */
export async function chosenPerson(
  tx: ShopTx,
  shopId: string,
  personId: string,
): Promise<{ readonly id: string; readonly code: string } | null> {
  if (!isUuid(personId)) return null;
  const person = await tx.person.findFirst({
    where: { shopId, id: personId },
    select: { id: true, supportCode: true },
  });
  return person === null ? null : { id: person.id, code: person.supportCode };
}

/** A number as Shopify shows it, or the address of the customer's or order's page in Shopify admin. */
function subjectOf(by: FindBy, typed: string): RequestSubject | null {
  if (by === 'email') {
    const email = parseEmail(typed);
    return email === null ? null : { ...NOBODY, emails: [email] };
  }
  if (by === 'person') return isUuid(typed) ? { ...NOBODY, personIds: [typed] } : null;
  const digits = /(?:^|\/)(\d{1,20})\/?(?:[?#].*)?$/.exec(typed.trim())?.[1];
  if (digits === undefined) return null;
  return by === 'customer' ? { ...NOBODY, customerIds: [digits] } : { ...NOBODY, orderIds: [digits] };
}

/** The day somebody wrote, as a date field has it: noon of it in the shop, and never later than now. */
function getReceivedAt(day: string, timeZone: string | null, now: Date): Date | null {
  const noon = noonOf(day, timeZone);
  if (noon === null || day > dayOf(now, timeZone)) return null;
  const ageMs = now.getTime() - noon.getTime();
  if (ageMs > LONGEST_AGO_DAYS * DAY_MS) return null;
  return ageMs < 0 ? now : noon;
}

const FIELD_OF: Readonly<Record<FindBy, string>> = {
  email: 'app.people.email_index',
  customer: 'app.people.customer_ref',
  person: 'app.people.id',
  order: 'app.orders.order_ref',
};

/**
 * Looks somebody up. By e-mail it is the same act as the search for customers, for the same people: whom the shop hides is not
 * found by asking at another desk. The request can be begun all the same, since nobody's rights are hidden.
 */
function findForRequest(
  services: SubmitServices,
  shopId: string,
  who: Pick<PersonView, 'staffId' | 'requestId'>,
  by: FindBy,
  subject: RequestSubject,
): Promise<BeginResult> {
  const view: PersonView = { ...who, purpose: 'privacy-requests', page: 'request-find' };
  const asAct = by === 'email' ? ({ ...view, act: 'email-search' } as const) : view;
  return openForPeople(services, shopId, asAct, async (tx, _open, context) => {
    if (await isGone(tx, shopId, by, subject)) return { kind: 'refused', reason: 'person-gone' };
    const found = await findSubject(sqlTxOfPrisma(tx), services.keyStore, shopId, subject);
    const hidden = await context.hidden(found.personIds);
    const shown = found.personIds.filter((id) => !hidden.has(id));
    await context.note('person', shown, FIELD_OF[by]);
    return { kind: 'found', found: await viewOf(tx, shopId, found, shown) };
  });
}

async function isGone(tx: ShopTx, shopId: string, by: FindBy, { personIds }: RequestSubject): Promise<boolean> {
  return by === 'person' && (await chosenPerson(tx, shopId, personIds[0] ?? '')) === null;
}

/** What is shown of what was found: the people who are not hidden, and how much is theirs. */
async function viewOf(
  tx: ShopTx,
  shopId: string,
  { personIds, cartIds, checkoutIds, orderIds }: FoundSubject,
  shown: readonly string[],
): Promise<FoundView> {
  const people = await tx.person.findMany({
    where: { shopId, id: { in: [...shown] } },
    select: { supportCode: true },
    orderBy: { supportCode: 'asc' },
  });
  const theirs = (ids: readonly string[]) => ({ shopId, id: { in: [...ids] }, personId: { in: [...shown] } });
  const isAll = shown.length === personIds.length;
  return {
    codes: [...new Set(people.map(({ supportCode }) => supportCode))],
    carts: isAll ? cartIds.length : await tx.cart.count({ where: theirs(cartIds) }),
    checkouts: isAll ? checkoutIds.length : await tx.checkout.count({ where: theirs(checkoutIds) }),
    orders: isAll ? orderIds.length : await tx.order.count({ where: theirs(orderIds) }),
  };
}
