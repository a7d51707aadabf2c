import type { StoreContext } from '#app/carts/apply/load.ts';
import type { CartRow, CheckoutRow, OrderRow, PurchaseRow, StateRow } from '#app/carts/apply/rows.ts';
import type { Line } from '#app/carts/line.ts';
import { checkoutPlace, orderPlace, statePlace } from '#app/carts/places.ts';
import { byteaArray, int4Array, int8Array, textArray, timestamptzArray, uuidArray } from '#app/data/binary-arrays.ts';
import type { SubjectKey } from '#app/data/keys.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import type { Place } from '#app/vault/place.ts';
import { sealJson } from '#app/vault/sealed-json.ts';

const CART_COLUMNS = `id, token_ref, person_id, person_evidence, started_at, last_changed_at, content_changed_at, content_origin,
  item_count, line_count, value_minor, currency, checkout_at, checkout_deleted_at, ordered_at, country_token, province_token`;
const CART_ARRAYS = `unnest($2::uuid[], $3::bytea[], $4::uuid[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[],
  $9::text[], $10::int[], $11::int[], $12::bigint[], $13::text[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[],
  $17::bytea[], $18::bytea[])`;

/**
 * Writes carts, each once, however many events changed it. Which are new is known, since nobody else writes carts of the
 * shop meanwhile: an insert that need not look out for a conflict logs a fifteenth less.
 */
export async function saveCarts(context: ApplyContext, carts: readonly CartRow[]): Promise<void> {
  const added = carts.filter((cart) => cart.isNew);
  const known = carts.filter((cart) => !cart.isNew);
  if (added.length > 0) {
    await context.tx.query(
      `INSERT INTO app.carts (shop_id, ${CART_COLUMNS}) SELECT $1, * FROM ${CART_ARRAYS}`,
      cartArrays(context, added),
    );
  }
  if (known.length > 0) {
    await context.tx.query(
      `UPDATE app.carts c SET person_id = new.person_id, person_evidence = new.person_evidence, started_at = new.started_at,
         last_changed_at = new.last_changed_at, content_changed_at = new.content_changed_at,
         content_origin = new.content_origin, item_count = new.item_count, line_count = new.line_count,
         value_minor = new.value_minor, currency = new.currency, checkout_at = new.checkout_at,
         checkout_deleted_at = new.checkout_deleted_at, ordered_at = new.ordered_at,
         country_token = new.country_token, province_token = new.province_token
       FROM ${CART_ARRAYS} AS new (${CART_COLUMNS}) WHERE c.shop_id = $1 AND c.id = new.id`,
      cartArrays(context, known),
    );
  }
}

function cartArrays({ shopId }: ApplyContext, carts: readonly CartRow[]): unknown[] {
  return [
    shopId,
    uuidArray(carts.map((cart) => cart.id)),
    byteaArray(carts.map((cart) => cart.tokenRef)),
    uuidArray(carts.map((cart) => cart.personId)),
    textArray(carts.map((cart) => cart.personEvidence)),
    timestamptzArray(carts.map((cart) => cart.startedAt)),
    timestamptzArray(carts.map((cart) => cart.lastChangedAt)),
    timestamptzArray(carts.map((cart) => cart.contentChangedAt)),
    textArray(carts.map((cart) => cart.contentOrigin)),
    int4Array(carts.map((cart) => cart.itemCount)),
    int4Array(carts.map((cart) => cart.lineCount)),
    int8Array(carts.map((cart) => cart.valueMinor)),
    textArray(carts.map((cart) => cart.currency)),
    timestamptzArray(carts.map((cart) => cart.checkoutAt)),
    timestamptzArray(carts.map((cart) => cart.checkoutDeletedAt)),
    timestamptzArray(carts.map((cart) => cart.orderedAt)),
    byteaArray(carts.map((cart) => cart.countryToken)),
    byteaArray(carts.map((cart) => cart.provinceToken)),
  ];
}

/**
 * Appends states to the carts' histories, sealed under each cart's key. A state that is there already stays; it is the
 * same content at the same time, so only the later trigger time is kept.
 */
export async function saveStates(
  context: ApplyContext,
  states: readonly (StateRow & { readonly lines: readonly Line[] })[],
  keys: ReadonlyMap<string, SubjectKey>,
  newCartIds: ReadonlySet<string>,
): Promise<void> {
  const { tx, shopId, keyStore } = context;
  // A cart has its key from its first row on, states or not: one without a key is one whose key was destroyed.
  const created = await keyStore.createSubjectKeys(tx, shopId, 'cart', [...newCartIds]);
  if (states.length === 0) return;
  const sealed = states.flatMap((state) => {
    const key = created.get(state.cartId) ?? keys.get(state.cartId);
    if (key === undefined) return [];
    const place = statePlace(shopId, state.cartId, state.changedAt, state.digest);
    return [{ state, bytes: sealJson(key.key, { lines: state.lines }, place) }];
  });
  await tx.query(
    `INSERT INTO app.cart_states (shop_id, cart_id, changed_at, triggered_at, digest, received_at, item_count, line_count, value_minor, currency, sealed)
     SELECT $1, * FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::bytea[], $6::timestamptz[], $7::int[], $8::int[],
       $9::bigint[], $10::text[], $11::bytea[])
     ON CONFLICT (shop_id, cart_id, changed_at, digest) DO UPDATE SET triggered_at = excluded.triggered_at
       WHERE cart_states.triggered_at < excluded.triggered_at`,
    [
      shopId,
      uuidArray(sealed.map(({ state }) => state.cartId)),
      timestamptzArray(sealed.map(({ state }) => state.changedAt)),
      timestamptzArray(sealed.map(({ state }) => state.triggeredAt)),
      byteaArray(sealed.map(({ state }) => state.digest)),
      timestamptzArray(sealed.map(({ state }) => state.receivedAt)),
      int4Array(sealed.map(({ state }) => state.itemCount)),
      int4Array(sealed.map(({ state }) => state.lineCount)),
      int8Array(sealed.map(({ state }) => state.valueMinor)),
      textArray(sealed.map(({ state }) => state.currency)),
      byteaArray(sealed.map(({ bytes }) => bytes)),
    ],
  );
}

const PURCHASE_COLUMNS = [
  'id uuid',
  'cart_id uuid',
  'person_id uuid',
  'person_evidence text',
  'changed_at timestamptz',
  'item_count int',
  'line_count int',
  'value_minor bigint',
  'currency text',
  'country_token bytea',
  'province_token bytea',
  'sealed bytea',
];

/** Seals and writes the checkouts that are new or changed. */
export async function saveCheckouts(context: StoreContext, rows: readonly CheckoutRow[]): Promise<void> {
  await savePurchases(context, 'checkout', 'app.checkouts', checkoutPlace, rows, {
    'token_ref bytea': (row) => row.tokenRef,
    'started_at timestamptz': (row) => row.startedAt,
    'completed_at timestamptz': (row) => row.completedAt,
  });
}

/** Seals and writes the orders that are new or changed. */
export async function saveOrders(context: StoreContext, rows: readonly OrderRow[]): Promise<void> {
  await savePurchases(context, 'order', 'app.orders', orderPlace, rows, {
    'order_ref bytea': (row) => row.orderRef,
    'checkout_ref bytea': (row) => row.checkoutRef,
    'cart_evidence text': (row) => row.cartEvidence,
    'ordered_at timestamptz': (row) => row.orderedAt,
    'cancelled_at timestamptz': (row) => row.cancelledAt,
  });
}

async function savePurchases<Row extends PurchaseRow>(
  context: StoreContext,
  scope: SubjectScope,
  table: string,
  place: (shopId: string, id: string) => Place,
  rows: readonly Row[],
  own: Readonly<Record<string, (row: Row) => unknown>>,
): Promise<void> {
  const changed = rows.filter((row) => row.isChanged);
  if (changed.length === 0) return;
  const { tx, shopId, keyStore } = context;
  const idsOf = (isNew: boolean) => changed.filter((row) => row.isNew === isNew).map((row) => row.id);
  const keys = await keyStore.ensureSubjectKeys(tx, shopId, scope, idsOf(false), idsOf(true));
  const sealed = changed.flatMap((row) => {
    const key = keys.get(row.id);
    return key === undefined ? [] : [{ row, bytes: sealJson(key.key, row.document, place(shopId, row.id)) }];
  });
  const columns = [...PURCHASE_COLUMNS, ...Object.keys(own)];
  const names = columns.map((column) => column.slice(0, column.indexOf(' ')));
  const arrays = columns.map((column, index) => `$${String(index + 2)}::${column.slice(column.indexOf(' ') + 1)}[]`);
  const updates = names.filter((name) => name !== 'id').map((name) => `${name} = excluded.${name}`);
  await tx.query(
    `INSERT INTO ${table} (shop_id, ${names.join(', ')}) SELECT $1, * FROM unnest(${arrays.join(', ')})
     ON CONFLICT (shop_id, id) DO UPDATE SET ${updates.join(', ')}`,
    [
      shopId,
      sealed.map(({ row }) => row.id),
      sealed.map(({ row }) => row.cartId),
      sealed.map(({ row }) => row.personId),
      sealed.map(({ row }) => row.personEvidence),
      sealed.map(({ row }) => row.changedAt),
      sealed.map(({ row }) => row.itemCount),
      sealed.map(({ row }) => row.lineCount),
      sealed.map(({ row }) => row.valueMinor),
      sealed.map(({ row }) => row.currency),
      sealed.map(({ row }) => row.countryToken),
      sealed.map(({ row }) => row.provinceToken),
      sealed.map(({ bytes }) => bytes),
      ...Object.values(own).map((valueOf) => sealed.map(({ row }) => valueOf(row))),
    ],
  );
}
