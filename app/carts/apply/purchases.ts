import { v7 as uuidv7 } from 'uuid';

import type { CheckoutSeen, OrderSeen } from '#app/carts/apply/effects.ts';
import type { Loaded } from '#app/carts/apply/load.ts';
import type { CheckoutRow, OrderRow, PurchaseRow } from '#app/carts/apply/rows.ts';
import { type ContentSummary, exactNumber, parseLines, summarise } from '#app/carts/line.ts';
import { parseMinor } from '#app/carts/money.ts';
import type { IdentifiedPerson, PeopleByClaim } from '#app/customers/identify.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import { mergeRegisters, type RegisterDocument } from '#app/shopify/registers.ts';
import { lookupToken } from '#app/vault/lookup.ts';

/** Takes a checkout event into the rows of the batch, making the checkout when it is new; an erased one stays erased. */
export function takeCheckout(
  context: ApplyContext,
  { rows, gone }: Loaded<CheckoutRow>,
  effect: CheckoutSeen,
  people: PeopleByClaim,
): void {
  const tokenRef = checkoutRefOf(context, effect.token);
  const key = tokenRef.toString('hex');
  if (gone.has(key)) return;
  const row = rows.get(key) ?? newCheckout(tokenRef, effect);
  rows.set(key, row);
  const cartRef = refText(effect.cartToken, (token) => cartRefOf(context, token));
  const person = effect.claim === null ? undefined : people.get(effect.claim);
  takeFields(context, row, effect, { ...effect.fields, cartRef }, person);
  if (effect.startedAt < row.startedAt) setChanged(row, { startedAt: effect.startedAt });
  if (effect.completedAt !== null && (row.completedAt === null || effect.completedAt < row.completedAt)) {
    setChanged(row, { completedAt: effect.completedAt });
  }
}

/** Takes an order event into the rows of the batch, making the order when it is new; an erased one stays erased. */
export function takeOrder(
  context: ApplyContext,
  { rows, gone }: Loaded<OrderRow>,
  effect: OrderSeen,
  people: PeopleByClaim,
): void {
  const orderRef = orderRefOf(context, effect.orderId);
  const key = orderRef.toString('hex');
  if (gone.has(key)) return;
  const row = rows.get(key) ?? newOrder(orderRef, effect);
  rows.set(key, row);
  const cartRef = refText(effect.cartToken, (token) => cartRefOf(context, token));
  const checkoutRef = refText(effect.checkoutToken, (token) => checkoutRefOf(context, token));
  const person = effect.claim === null ? undefined : people.get(effect.claim);
  takeFields(context, row, effect, { ...effect.fields, cartRef, checkoutRef }, person);
  const named = row.document?.v['checkoutRef'];
  row.checkoutRef = typeof named === 'string' ? Buffer.from(named, 'hex') : null;
  if (effect.orderedAt < row.orderedAt) setChanged(row, { orderedAt: effect.orderedAt });
  if (effect.cancelledAt !== null && (row.cancelledAt === null || effect.cancelledAt < row.cancelledAt)) {
    setChanged(row, { cancelledAt: effect.cancelledAt });
  }
}

/** The keyed digest under which a cart is stored: its token opens the cart, so the token itself is not kept. */
export function cartRefOf(context: ApplyContext, token: string): Buffer {
  return refOf(context, 'cart-token', token);
}

/** The keyed digest under which a checkout is stored. */
export function checkoutRefOf(context: ApplyContext, token: string): Buffer {
  return refOf(context, 'checkout-token', token);
}

/** The keyed digest under which an order is stored. */
export function orderRefOf(context: ApplyContext, orderId: string): Buffer {
  return refOf(context, 'order-id', orderId);
}

/** Each step of a batch asks for the same few; computed once for each batch. */
const refsOfBatch = new WeakMap<ApplyContext, Map<string, Buffer>>();

function refOf(context: ApplyContext, label: 'cart-token' | 'checkout-token' | 'order-id', token: string): Buffer {
  let refs = refsOfBatch.get(context);
  if (refs === undefined) {
    refs = new Map();
    refsOfBatch.set(context, refs);
  }
  const name = `${label}:${token}`;
  let ref = refs.get(name);
  if (ref === undefined) {
    ref = lookupToken(context.keys.lookupKey, label, token);
    refs.set(name, ref);
  }
  return ref;
}

function takeFields(
  context: ApplyContext,
  row: PurchaseRow,
  effect: CheckoutSeen | OrderSeen,
  fields: Record<string, unknown>,
  person: IdentifiedPerson | undefined,
): void {
  const named = person === undefined ? undefined : `${person.evidence}:${person.id}`;
  const document = mergeRegisters(row.document, effect.stamp, { ...fields, person: named });
  if (effect.changedAt > row.changedAt) setChanged(row, { changedAt: effect.changedAt });
  if (document === row.document) return;
  row.document = document;
  row.isChanged = true;
  Object.assign(row, contentOf(document, context.shopCurrency), placeTokens(context, document), personOf(document));
}

function contentOf(document: RegisterDocument, shopCurrency: string | null): ContentSummary {
  const { lines, currency, total } = document.v;
  const currencyCode = typeof currency === 'string' ? currency : shopCurrency;
  const summary = summarise(Array.isArray(lines) ? parseLines(lines) : [], currencyCode);
  const totalMinor = typeof total === 'string' ? parseMinor(total, currencyCode) : null;
  return { ...summary, valueMinor: exactNumber(totalMinor) === null ? summary.valueMinor : totalMinor };
}

/** Keyed tokens by which carts can be filtered by place without opening anything. */
function placeTokens(context: ApplyContext, document: RegisterDocument) {
  const { lookupKey } = context.keys;
  const country = text(document.v['countryCode']) ?? text(document.v['country']);
  const province = text(document.v['provinceCode']) ?? text(document.v['province']);
  return {
    countryToken: country === null ? null : lookupToken(lookupKey, 'country', country),
    provinceToken: province === null ? null : lookupToken(lookupKey, 'province', `${country ?? ''}-${province}`),
  };
}

function personOf(document: RegisterDocument): Pick<PurchaseRow, 'personId' | 'personEvidence'> {
  const [evidence, id] = (text(document.v['person']) ?? '').split(':');
  if (id === undefined || (evidence !== 'customer-id' && evidence !== 'email')) {
    return { personId: null, personEvidence: null };
  }
  return { personId: id, personEvidence: evidence };
}

function newCheckout(tokenRef: Buffer, effect: CheckoutSeen): CheckoutRow {
  return { ...newPurchase(effect.changedAt), tokenRef, startedAt: effect.startedAt, completedAt: null };
}

function newOrder(orderRef: Buffer, effect: OrderSeen): OrderRow {
  return {
    ...newPurchase(effect.changedAt),
    orderRef,
    checkoutRef: null,
    cartEvidence: null,
    orderedAt: effect.orderedAt,
    cancelledAt: null,
  };
}

function newPurchase(changedAt: Date): PurchaseRow {
  return {
    id: uuidv7(),
    cartId: null,
    personId: null,
    personEvidence: null,
    changedAt,
    itemCount: 0,
    lineCount: 0,
    valueMinor: null,
    currency: null,
    countryToken: null,
    provinceToken: null,
    document: null,
    isNew: true,
    isChanged: true,
  };
}

function setChanged<Row extends PurchaseRow>(row: Row, change: Partial<Row>): void {
  Object.assign(row, change, { isChanged: true });
}

/** A token's keyed digest as text. Shopify's null and absent both leave what is known: a token is never taken back. */
function refText(token: string | null | undefined, ref: (token: string) => Buffer): string | undefined {
  return token === null || token === undefined ? undefined : ref(token).toString('hex');
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
