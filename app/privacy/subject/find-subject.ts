import type { KeyStore } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { isUuid } from '#app/data/uuid.ts';
import { customerIdOfGid } from '#app/shopify/person-claim.ts';
import { emailIndexes, normaliseEmail } from '#app/vault/blind-index.ts';
import { lookupToken } from '#app/vault/lookup.ts';

/** In what ways somebody is named. Any list may be empty; what is empty, absent or no id names nobody. */
export interface NamedSubject {
  /** Shopify's customer numbers, as digits or as global ids. */
  readonly customerIds?: readonly (string | null | undefined)[];
  readonly emails?: readonly (string | null | undefined)[];
  /** Shopify's order numbers, as digits or as global ids. */
  readonly orderIds?: readonly (string | null | undefined)[];
  /** Our own ids. */
  readonly cartIds?: readonly (string | null | undefined)[];
  readonly personIds?: readonly (string | null | undefined)[];
}

/** Everything that is tied to one person: our ids, and the keyed references by which they would be found again. */
export interface FoundSubject {
  readonly personIds: readonly string[];
  readonly cartIds: readonly string[];
  readonly checkoutIds: readonly string[];
  readonly orderIds: readonly string[];
  /** Of every customer number that is this person's, merged ones included, known to us or not. */
  readonly customerRefs: readonly Buffer[];
  /** Of the addresses named and of those stored with the person. */
  readonly emailIndexes: readonly Buffer[];
}

const NOTHING: FoundSubject = {
  personIds: [],
  cartIds: [],
  checkoutIds: [],
  orderIds: [],
  customerRefs: [],
  emailIndexes: [],
};

/** The references a subject is named by, before anything was looked up. */
interface Refs {
  readonly customers: readonly string[];
  readonly emails: readonly string[];
  readonly orders: readonly string[];
  readonly carts: readonly string[];
  readonly people: readonly string[];
}

const DIGITS = /^\d{1,24}$/;
const ORDER_GID = /^gid:\/\/shopify\/Order\/(\d{1,24})$/;

/**
 * Finds everything that is tied to the person who is named, and nothing of anybody else.
 *
 * - By customer number: that customer and everyone Shopify merged with them, both ways.
 * - By e-mail: the guest of that address. A customer who has the same address is somebody else if the request names
 *   another customer; only where it names none is the address all there is to go by.
 * - A guest of the address that a found customer has stored is the same person, unless another customer has it too.
 * - An order that is named is taken. Whoever made it is taken too if they are a guest known by nothing else, or if the
 *   order is all the request names.
 * - Carts, checkouts and orders of those people; and what belongs to no other person in the same cart.
 *
 * @param tx bound to the shop.
 */
export async function findSubject(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  named: NamedSubject,
): Promise<FoundSubject> {
  // Keys may be remembered; that the transaction is the shop's is asked of the database.
  const [bound] = await tx.query('SELECT 1 AS one FROM app.shops WHERE id = $1::uuid', [shopId]);
  if (bound === undefined) return NOTHING;
  const refs = await refsOf(tx, keyStore, shopId, named);
  const customers = await withAliases(tx, shopId, refs.customers);
  const people = await findPeople(tx, shopId, { ...refs, customers });
  const personIds = people.map((person) => person.id);
  const merged = people.flatMap((person) => (person.customer_ref === null ? [] : [person.customer_ref]));
  const resources = await findResources(tx, shopId, personIds, refs);
  return {
    personIds,
    ...resources,
    customerRefs: bytesOf([...customers, ...(await withAliases(tx, shopId, merged))]),
    emailIndexes: bytesOf([...refs.emails, ...people.flatMap((person) => [person.email_index, person.guest_ref])]),
  };
}

/** {@link findSubject} for one customer whose reference is at hand and whose number is not. */
export async function findCustomer(
  tx: SqlTx,
  shopId: string,
  customerRef: string,
): Promise<Omit<FoundSubject, 'emailIndexes'>> {
  const customers = await withAliases(tx, shopId, [customerRef]);
  const refs: Refs = { customers, emails: [], orders: [], carts: [], people: [] };
  const personIds = (await findPeople(tx, shopId, refs)).map(({ id }) => id);
  return { personIds, ...(await findResources(tx, shopId, personIds, refs)), customerRefs: bytesOf(customers) };
}

async function refsOf(tx: SqlTx, keyStore: KeyStore, shopId: string, named: NamedSubject): Promise<Refs> {
  const { lookupKey, emailKeys } = await keyStore.shopKeys(tx, shopId);
  const digitsOf = (values: NamedSubject['orderIds'], ofGid: (gid: string) => string | null | undefined) =>
    texts(values)
      .map((value) => ofGid(value) ?? value)
      .filter((value) => DIGITS.test(value));
  return {
    customers: digitsOf(named.customerIds, customerIdOfGid).map((id) => hex(lookupToken(lookupKey, 'customer-id', id))),
    emails: texts(named.emails)
      .filter((email) => normaliseEmail(email) !== '')
      .flatMap((email) => emailIndexes(emailKeys, email).map(hex)),
    orders: digitsOf(named.orderIds, (gid) => ORDER_GID.exec(gid)?.[1]).map((id) =>
      hex(lookupToken(lookupKey, 'order-id', id)),
    ),
    carts: texts(named.cartIds).filter((id) => isUuid(id)),
    people: texts(named.personIds).filter((id) => isUuid(id)),
  };
}

/** These customers, those they were merged into, and those who were merged into them: chains are kept flat. */
async function withAliases(tx: SqlTx, shopId: string, refs: readonly string[]): Promise<string[]> {
  if (refs.length === 0) return [];
  const rows = await tx.query<{ ref: string }>(
    `WITH named AS (SELECT decode(ref, 'hex') AS ref FROM unnest($2::text[]) AS given (ref)),
       kept AS (
         SELECT ref FROM named UNION
         SELECT a.kept_ref FROM app.person_aliases a JOIN named ON a.deleted_ref = named.ref WHERE a.shop_id = $1::uuid)
     SELECT encode(ref, 'hex') AS ref FROM kept UNION
     SELECT encode(a.deleted_ref, 'hex') FROM app.person_aliases a JOIN kept ON a.kept_ref = kept.ref
     WHERE a.shop_id = $1::uuid`,
    [shopId, refs],
  );
  return rows.map((row) => row.ref);
}

interface FoundPerson {
  readonly id: string;
  readonly customer_ref: string | null;
  readonly guest_ref: string | null;
  readonly email_index: string | null;
}

const PERSON = `p.id, encode(p.customer_ref, 'hex') AS customer_ref, encode(p.guest_ref, 'hex') AS guest_ref,
  encode(p.email_index, 'hex') AS email_index`;
const IN = (parameter: number) =>
  `ANY (SELECT decode(ref, 'hex') FROM unnest($${String(parameter)}::text[]) AS given (ref))`;

async function findPeople(tx: SqlTx, shopId: string, refs: Refs): Promise<FoundPerson[]> {
  const namesCustomer = refs.customers.length > 0 || refs.people.length > 0;
  const namesSomebody = namesCustomer || refs.emails.length > 0;
  const found = await tx.query<FoundPerson>(
    `SELECT ${PERSON} FROM app.people p
     WHERE p.shop_id = $1::uuid AND (
       p.id = ANY ($2::uuid[])
       OR p.customer_ref = ${IN(3)}
       OR p.guest_ref = ${IN(4)}
       OR (NOT $5::boolean AND p.email_index = ${IN(4)})
       OR (p.id IN (SELECT o.person_id FROM app.orders o WHERE o.shop_id = $1::uuid AND o.order_ref = ${IN(6)})
         AND (NOT $7::boolean OR (p.customer_ref IS NULL AND NOT EXISTS (
           SELECT FROM app.orders o
           WHERE o.shop_id = $1::uuid AND o.person_id = p.id AND NOT o.order_ref = ${IN(6)})))))`,
    [shopId, refs.people, refs.customers, refs.emails, namesCustomer, refs.orders, namesSomebody],
  );
  return withTheirGuests(tx, shopId, await withMerged(tx, shopId, found));
}

/** Customers that were found by e-mail or by order may have been merged with others, too. */
async function withMerged(tx: SqlTx, shopId: string, people: readonly FoundPerson[]): Promise<FoundPerson[]> {
  const refs = people.flatMap((person) => (person.customer_ref === null ? [] : [person.customer_ref]));
  const others = (await withAliases(tx, shopId, refs)).filter((ref) => !refs.includes(ref));
  if (others.length === 0) return [...people];
  const merged = await tx.query<FoundPerson>(
    `SELECT ${PERSON} FROM app.people p WHERE p.shop_id = $1::uuid AND p.customer_ref = ${IN(2)}`,
    [shopId, others],
  );
  return [...people, ...merged];
}

/** The guests of the addresses these customers have stored, unless a customer who was not found has the address too. */
async function withTheirGuests(tx: SqlTx, shopId: string, people: readonly FoundPerson[]): Promise<FoundPerson[]> {
  const emails = people.flatMap((person) => (person.email_index === null ? [] : [person.email_index]));
  if (emails.length === 0) return [...people];
  const ids = people.map((person) => person.id);
  const guests = await tx.query<FoundPerson>(
    `SELECT ${PERSON} FROM app.people p
     WHERE p.shop_id = $1::uuid AND p.guest_ref = ${IN(2)} AND p.id <> ALL ($3::uuid[])
       AND NOT EXISTS (
         SELECT FROM app.people other
         WHERE other.shop_id = $1::uuid AND other.customer_ref IS NOT NULL AND other.email_index = p.guest_ref
           AND other.id <> ALL ($3::uuid[]))`,
    [shopId, emails, ids],
  );
  return [...people, ...guests];
}

/** What belongs to these people; of what they share a cart with, only what belongs to nobody else. */
async function findResources(tx: SqlTx, shopId: string, personIds: readonly string[], refs: Refs) {
  const [row] = await tx.query<{ carts: string[]; checkouts: string[]; orders: string[] }>(
    `WITH named_orders AS (
       SELECT id, cart_id, checkout_ref FROM app.orders
       WHERE shop_id = $1::uuid AND (person_id = ANY ($2::uuid[]) OR order_ref = ${IN(3)})),
     own_checkouts AS (
       SELECT c.id, c.cart_id FROM app.checkouts c
       WHERE c.shop_id = $1::uuid AND (c.person_id = ANY ($2::uuid[])
         OR (c.person_id IS NULL AND c.token_ref IN (SELECT checkout_ref FROM named_orders)))),
     own_carts AS (
       SELECT c.id FROM app.carts c
       WHERE c.shop_id = $1::uuid AND (c.person_id = ANY ($2::uuid[]) OR c.id = ANY ($4::uuid[])
         OR (c.person_id IS NULL AND c.id IN (
           SELECT cart_id FROM named_orders UNION SELECT cart_id FROM own_checkouts)))),
     all_checkouts AS (
       SELECT id FROM own_checkouts UNION
       SELECT c.id FROM app.checkouts c
       WHERE c.shop_id = $1::uuid AND c.person_id IS NULL AND c.cart_id IN (SELECT id FROM own_carts)),
     all_orders AS (
       SELECT id FROM named_orders UNION
       SELECT o.id FROM app.orders o
       WHERE o.shop_id = $1::uuid AND o.person_id IS NULL AND o.cart_id IN (SELECT id FROM own_carts))
     SELECT ARRAY(SELECT id::text FROM own_carts) AS carts, ARRAY(SELECT id::text FROM all_checkouts) AS checkouts,
       ARRAY(SELECT id::text FROM all_orders) AS orders`,
    [shopId, personIds, refs.orders, refs.carts],
  );
  return { cartIds: row?.carts ?? [], checkoutIds: row?.checkouts ?? [], orderIds: row?.orders ?? [] };
}

function texts(values: readonly (string | null | undefined)[] | undefined): string[] {
  return (values ?? []).filter((value): value is string => typeof value === 'string' && value.trim() !== '');
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}

function bytesOf(refs: readonly (string | null)[]): Buffer[] {
  const distinct = new Set(refs.filter((ref) => ref !== null));
  return [...distinct].map((ref) => Buffer.from(ref, 'hex'));
}
