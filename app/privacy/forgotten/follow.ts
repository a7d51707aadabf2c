import { emailsOf } from '#app/customers/people-store.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import { dropParked } from '#app/ingest/apply/inbox-rows.ts';
import { eraseRows, type ErasedRows, type ErasureTargets, NO_TARGETS } from '#app/privacy/erasure/erase-rows.ts';
import { madeBefore } from '#app/privacy/erasure/made-before.ts';
import { refsOfTargets } from '#app/privacy/erasure/refs-of-targets.ts';
import { type Mark, type MarkKind, markOfEmail, markOfRef } from '#app/privacy/forgotten/marks.ts';
import { setTombstones, type Tombstone } from '#app/privacy/forgotten/tombstones.ts';
import { endPackages } from '#app/privacy/package/store.ts';
import { findCustomer } from '#app/privacy/subject/find-subject.ts';

/** What judging needs of a batch's context. */
export type JudgeContext = Pick<ApplyContext, 'tx' | 'shopId' | 'keys' | 'keyStore'>;

/** Something that a dropped event shows to belong to an erased person as well. */
export interface Spread {
  readonly mark: Mark;
  readonly by: Tombstone;
}

/** What was erased for one request on top of its erasure. */
export interface Followed {
  readonly requestId: string;
  readonly erased: ErasedRows;
  readonly tombstones: readonly Tombstone[];
}

/**
 * Sets tombstones for what belongs to an erased person after all, and erases what is stored of it: of another customer with
 * whom they had been merged everything the erasure would have taken, under every name it has. What somebody else has by now
 * stays theirs.
 */
export async function follow(context: JudgeContext, spread: readonly Spread[], at: Date): Promise<Followed[]> {
  const stored = await findStored(context, spread);
  const theirs = spread.filter(({ mark }) => (stored.get(mark.tag)?.person_id ?? null) === null);
  const byRequest = Map.groupBy(theirs, ({ by }) => by.requestId);
  const followed: Followed[] = [];
  for (const [requestId, found] of byRequest) {
    followed.push({ requestId, ...(await followFor(context, found, stored, at)) });
  }
  return followed;
}

async function followFor(
  context: JudgeContext,
  found: readonly Spread[],
  stored: ReadonlyMap<string, StoredRow>,
  at: Date,
): Promise<Omit<Followed, 'requestId'>> {
  const { tx, shopId, keys } = context;
  const tombstones = new Map<string, Tombstone>();
  const bury = async (by: Tombstone, marks: readonly Mark[]) => {
    await setTombstones(tx, shopId, by, marks);
    for (const { tag } of marks) tombstones.set(tag, { ...by, tag });
  };
  const idsOf = (kind: MarkKind) =>
    found.flatMap(({ mark }) => (mark.kind === kind ? (stored.get(mark.tag)?.id ?? []) : []));
  let targets: ErasureTargets = {
    ...NO_TARGETS,
    cartIds: idsOf('cart'),
    checkoutIds: idsOf('checkout'),
    orderIds: idsOf('order'),
  };
  for (const { mark, by } of found) {
    await bury(by, [mark]);
    if (mark.kind !== 'customer' || mark.ref === null) continue;
    const old = await oldOfCustomer(context, mark.ref, by.erasedAt);
    const refs = await refsOfTargets(tx, shopId, old);
    const emails = await emailsOf(context, old.personIds);
    await bury(by, [
      ...old.customerRefs.map((ref) => markOfRef(keys, 'customer', ref)),
      ...refs.carts.map((ref) => markOfRef(keys, 'cart', ref)),
      ...refs.checkouts.map((ref) => markOfRef(keys, 'checkout', ref)),
      ...refs.orders.map((ref) => markOfRef(keys, 'order', ref)),
      ...emails.map((email) => markOfEmail(keys, email)),
    ]);
    await dropParked(tx, shopId, old.customerRefs);
    targets = together(targets, old);
  }
  const { personIds, cartIds, checkoutIds, orderIds } = targets;
  const subjectIds = [...personIds, ...cartIds, ...checkoutIds, ...orderIds];
  await endPackages(tx, shopId, { subjectIds }, 'erased', at);
  return { erased: await eraseRows(tx, shopId, targets), tombstones: [...tombstones.values()] };
}

/** What was there of a customer at the time of an erasure that meant them as well. What is newer stays, cut loose. */
async function oldOfCustomer(
  { tx, shopId }: JudgeContext,
  customerRef: string,
  erasedAt: Date,
): Promise<ErasureTargets> {
  const found = await findCustomer(tx, shopId, customerRef);
  return { ...madeBefore(found, erasedAt), customerRefs: found.customerRefs };
}

function together(a: ErasureTargets, b: ErasureTargets): ErasureTargets {
  const both = (one: readonly string[], other: readonly string[]) => [...new Set([...one, ...other])];
  return {
    personIds: both(a.personIds, b.personIds),
    cartIds: both(a.cartIds, b.cartIds),
    checkoutIds: both(a.checkoutIds, b.checkoutIds),
    orderIds: both(a.orderIds, b.orderIds),
    customerRefs: [...a.customerRefs, ...b.customerRefs],
  };
}

interface StoredRow {
  readonly ref: string;
  readonly id: string;
  readonly person_id: string | null;
}

const REF_COLUMNS = {
  cart: { table: 'app.carts', column: 'token_ref' },
  checkout: { table: 'app.checkouts', column: 'token_ref' },
  order: { table: 'app.orders', column: 'order_ref' },
} as const;

/** What is stored of these marks, by tag. */
async function findStored({ tx, shopId }: JudgeContext, spread: readonly Spread[]): Promise<Map<string, StoredRow>> {
  const found = new Map<string, StoredRow>();
  for (const [kind, { table, column }] of Object.entries(REF_COLUMNS)) {
    const marks = spread.map(({ mark }) => mark).filter((mark) => mark.kind === kind && mark.ref !== null);
    if (marks.length === 0) continue;
    const rows = await tx.query<StoredRow>(
      `SELECT encode(${column}, 'hex') AS ref, id, person_id FROM ${table}
       WHERE shop_id = $1::uuid AND ${column} IN (SELECT decode(ref, 'hex') FROM unnest($2::text[]) AS given (ref))`,
      [shopId, marks.map(({ ref }) => ref)],
    );
    for (const row of rows) {
      const mark = marks.find(({ ref }) => ref === row.ref);
      if (mark !== undefined) found.set(mark.tag, row);
    }
  }
  return found;
}
