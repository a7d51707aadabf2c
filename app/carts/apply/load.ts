import type { CartRow, CheckoutRow, OrderRow, PurchaseRow, StateRow } from '#app/carts/apply/rows.ts';
import { checkoutPlace, orderPlace } from '#app/carts/places.ts';
import { byteaArray, uuidArray } from '#app/data/binary-arrays.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import { parseRegisterDocument } from '#app/shopify/registers.ts';
import type { PersonEvidence } from '#app/shopify/person-claim.ts';
import type { Place } from '#app/vault/place.ts';
import { openJson } from '#app/vault/sealed-json.ts';

interface StoredPurchase {
  id: string;
  cart_id: string | null;
  person_id: string | null;
  person_evidence: PersonEvidence | null;
  changed_at: Date;
  item_count: number;
  line_count: number;
  value_minor: string | null;
  currency: string | null;
  country_token: Buffer | null;
  province_token: Buffer | null;
  sealed: Buffer;
}

interface StoredCheckout extends StoredPurchase {
  token_ref: Buffer;
  started_at: Date;
  completed_at: Date | null;
}

interface StoredOrder extends StoredPurchase {
  order_ref: Buffer;
  checkout_ref: Buffer | null;
  cart_evidence: OrderRow['cartEvidence'];
  ordered_at: Date;
  cancelled_at: Date | null;
}

const PURCHASE_COLUMNS =
  'id, cart_id, person_id, person_evidence, changed_at, item_count, line_count, value_minor, currency, country_token, province_token, sealed';

/** What reading and writing checkouts and orders needs of a batch's context. */
export type StoreContext = Pick<ApplyContext, 'tx' | 'shopId' | 'keyStore'>;

/** What was found, by reference in hexadecimal; and the references of what is there but no longer opens: it was erased. */
export interface Loaded<Row> {
  readonly rows: Map<string, Row>;
  readonly gone: ReadonlySet<string>;
}

/** Checkouts by their own reference or by their cart, opened, by reference in hexadecimal. */
export async function loadCheckouts(
  context: StoreContext,
  find: { refs?: readonly Buffer[]; cartIds?: readonly string[] },
): Promise<Loaded<CheckoutRow>> {
  const rows = await context.tx.query<StoredCheckout>(
    `SELECT ${PURCHASE_COLUMNS}, token_ref, started_at, completed_at FROM app.checkouts
     WHERE shop_id = $1 AND (token_ref = ANY ($2::bytea[]) OR cart_id = ANY ($3::uuid[]))`,
    [context.shopId, find.refs ?? [], find.cartIds ?? []],
  );
  const opened = await openPurchases(context, 'checkout', rows, checkoutPlace);
  const found = new Map(
    opened.map(({ stored, purchase }) => [
      stored.token_ref.toString('hex'),
      { ...purchase, tokenRef: stored.token_ref, startedAt: stored.started_at, completedAt: stored.completed_at },
    ]),
  );
  return {
    rows: found,
    gone: goneOf(
      rows.map((row) => row.token_ref),
      found,
    ),
  };
}

/** Orders by their own reference, by the checkout they came from or by their cart, opened, by reference in hexadecimal. */
export async function loadOrders(
  context: StoreContext,
  find: { refs?: readonly Buffer[]; checkoutRefs?: readonly Buffer[]; cartIds?: readonly string[] },
): Promise<Loaded<OrderRow>> {
  const rows = await context.tx.query<StoredOrder>(
    `SELECT ${PURCHASE_COLUMNS}, order_ref, checkout_ref, cart_evidence, ordered_at, cancelled_at FROM app.orders
     WHERE shop_id = $1
       AND (order_ref = ANY ($2::bytea[]) OR checkout_ref = ANY ($3::bytea[]) OR cart_id = ANY ($4::uuid[]))`,
    [context.shopId, find.refs ?? [], find.checkoutRefs ?? [], find.cartIds ?? []],
  );
  const opened = await openPurchases(context, 'order', rows, orderPlace);
  const found = new Map(
    opened.map(({ stored, purchase }) => [
      stored.order_ref.toString('hex'),
      {
        ...purchase,
        orderRef: stored.order_ref,
        checkoutRef: stored.checkout_ref,
        cartEvidence: stored.cart_evidence,
        orderedAt: stored.ordered_at,
        cancelledAt: stored.cancelled_at,
      },
    ]),
  );
  return {
    rows: found,
    gone: goneOf(
      rows.map((row) => row.order_ref),
      found,
    ),
  };
}

interface StoredCart {
  id: string;
  token_ref: Buffer;
  person_id: string | null;
  person_evidence: PersonEvidence | null;
  started_at: Date;
  last_changed_at: Date;
  content_changed_at: Date | null;
  content_origin: CartRow['contentOrigin'];
  item_count: number;
  line_count: number;
  value_minor: string | null;
  currency: string | null;
  checkout_at: Date | null;
  checkout_deleted_at: Date | null;
  ordered_at: Date | null;
  country_token: Buffer | null;
  province_token: Buffer | null;
}

/** Carts by token reference or id, by token reference in hexadecimal. */
export async function loadCarts(
  context: ApplyContext,
  tokenRefs: readonly Buffer[],
  ids: readonly string[],
): Promise<Map<string, CartRow>> {
  const rows = await context.tx.query<StoredCart>(
    `SELECT id, token_ref, person_id, person_evidence, started_at, last_changed_at, content_changed_at, content_origin,
       item_count, line_count, value_minor, currency, checkout_at, checkout_deleted_at, ordered_at, country_token, province_token
     FROM app.carts WHERE shop_id = $1 AND (token_ref = ANY ($2::bytea[]) OR id = ANY ($3::uuid[]))`,
    [context.shopId, byteaArray(tokenRefs), uuidArray(ids)],
  );
  return new Map(
    rows.map((row) => [
      row.token_ref.toString('hex'),
      {
        id: row.id,
        tokenRef: row.token_ref,
        personId: row.person_id,
        personEvidence: row.person_evidence,
        startedAt: row.started_at,
        lastChangedAt: row.last_changed_at,
        contentChangedAt: row.content_changed_at,
        contentOrigin: row.content_origin,
        itemCount: row.item_count,
        lineCount: row.line_count,
        valueMinor: bigintOf(row.value_minor),
        currency: row.currency,
        checkoutAt: row.checkout_at,
        checkoutDeletedAt: row.checkout_deleted_at,
        orderedAt: row.ordered_at,
        countryToken: row.country_token,
        provinceToken: row.province_token,
        isNew: false,
      },
    ]),
  );
}

/** The stored states of each cart's newest change time: usually one, more when two changes share an instant. */
export async function loadNewestStates(context: ApplyContext, cartIds: readonly string[]): Promise<StateRow[]> {
  if (cartIds.length === 0) return [];
  const rows = await context.tx.query<{
    cart_id: string;
    changed_at: Date;
    triggered_at: Date;
    digest: Buffer;
    received_at: Date;
    item_count: number;
    line_count: number;
    value_minor: string | null;
    currency: string | null;
  }>(
    `SELECT s.cart_id, s.changed_at, s.triggered_at, s.digest, s.received_at, s.item_count, s.line_count, s.value_minor, s.currency
     FROM unnest($2::uuid[]) AS wanted (cart_id)
     CROSS JOIN LATERAL (
       SELECT changed_at FROM app.cart_states WHERE shop_id = $1 AND cart_id = wanted.cart_id
       ORDER BY changed_at DESC LIMIT 1) AS newest
     JOIN app.cart_states s ON s.shop_id = $1 AND s.cart_id = wanted.cart_id AND s.changed_at = newest.changed_at`,
    [context.shopId, uuidArray(cartIds)],
  );
  return rows.map((row) => ({
    cartId: row.cart_id,
    changedAt: row.changed_at,
    triggeredAt: row.triggered_at,
    digest: row.digest,
    receivedAt: row.received_at,
    itemCount: row.item_count,
    lineCount: row.line_count,
    valueMinor: bigintOf(row.value_minor),
    currency: row.currency,
  }));
}

/** Opens what still opens. A row whose key was destroyed is as if it had never been. */
async function openPurchases<Stored extends StoredPurchase>(
  context: StoreContext,
  scope: SubjectScope,
  rows: readonly Stored[],
  place: (shopId: string, id: string) => Place,
): Promise<{ stored: Stored; purchase: PurchaseRow }[]> {
  const { tx, shopId, keyStore } = context;
  const keys = await keyStore.subjectKeys(
    tx,
    shopId,
    scope,
    rows.map((row) => row.id),
  );
  return rows.flatMap((stored) => {
    const key = keys.get(stored.id);
    if (key === undefined) return [];
    const purchase: PurchaseRow = {
      id: stored.id,
      cartId: stored.cart_id,
      personId: stored.person_id,
      personEvidence: stored.person_evidence,
      changedAt: stored.changed_at,
      itemCount: stored.item_count,
      lineCount: stored.line_count,
      valueMinor: bigintOf(stored.value_minor),
      currency: stored.currency,
      countryToken: stored.country_token,
      provinceToken: stored.province_token,
      document: parseRegisterDocument(openJson(key.key, stored.sealed, place(shopId, stored.id))),
      isNew: false,
      isChanged: false,
    };
    return [{ stored, purchase }];
  });
}

function goneOf(refs: readonly Buffer[], found: ReadonlyMap<string, unknown>): Set<string> {
  return new Set(refs.map((ref) => ref.toString('hex')).filter((ref) => !found.has(ref)));
}

function bigintOf(value: string | null): bigint | null {
  return value === null ? null : BigInt(value);
}
