import type { SqlTx } from '#app/data/sql-tx.ts';
import { destroyKeysOf } from '#app/data/destroy-keys.ts';
import type { KeyStore } from '#app/data/keys.ts';
import type { InboxKeys } from '#app/ingest/inbox-place.ts';
import { addErased, eraseRows } from '#app/privacy/erasure/erase-rows.ts';
import type { Gathered } from '#app/privacy/erasure/gather.ts';
import { dropInboxLeftovers } from '#app/privacy/erasure/inbox-leftovers.ts';
import { madeBefore } from '#app/privacy/erasure/made-before.ts';
import { refsOfTargets } from '#app/privacy/erasure/refs-of-targets.ts';
import { addCounts, type ErasureRun, noteFollowed, saveRun } from '#app/privacy/erasure/run-record.ts';
import {
  type Mark,
  markOfAddress,
  markOfCustomer,
  markOfEmail,
  markOfOrder,
  markOfRef,
} from '#app/privacy/forgotten/marks.ts';
import { setTombstones } from '#app/privacy/forgotten/tombstones.ts';
import { endPackages } from '#app/privacy/package/store.ts';
import { findSubject, type FoundSubject } from '#app/privacy/subject/find-subject.ts';

export interface EraseSubjectDeps {
  readonly keyStore: KeyStore;
  readonly inboxKeys: InboxKeys;
}

/**
 * Erases one person, in one transaction: tombstones first, then rows and keys together, then what waits in the inbox. Whoever
 * is asked afterwards finds either all of it or nothing.
 *
 * @param tx holds the shop's lock, so that no batch is applied meanwhile.
 * @returns `changed` when more is known of the person by now than was gathered; the caller gathers again.
 */
export async function eraseSubject(
  tx: SqlTx,
  shopId: string,
  { keyStore, inboxKeys }: EraseSubjectDeps,
  requestId: string,
  gathered: Gathered,
  earlier: ErasureRun | null,
  now: Date,
): Promise<'erased' | 'changed'> {
  const found = await findSubject(tx, keyStore, shopId, gathered.subject);
  if (!isWithin(found, gathered.found)) return 'changed';
  const erasedAt = earlier?.erasedAt ?? now;
  // A run that is repeated for a residue takes nothing that is new since the erasure.
  const targets = earlier === null ? found : { ...found, ...madeBefore(found, erasedAt) };

  const keys = await keyStore.shopKeys(tx, shopId);
  const refs = await refsOfTargets(tx, shopId, targets);
  const { identifiers } = gathered;
  const marks: Mark[] = [
    ...identifiers.customerIds.map((id) => markOfCustomer(keys, id)),
    ...identifiers.emails.map((email) => markOfEmail(keys, email)),
    ...soleAddresses(gathered.subject).map((email) => markOfAddress(keys, email)),
    ...identifiers.orderIds.map((id) => markOfOrder(keys, id)),
    ...found.customerRefs.map((ref) => markOfRef(keys, 'customer', ref)),
    ...refs.carts.map((ref) => markOfRef(keys, 'cart', ref)),
    ...refs.checkouts.map((ref) => markOfRef(keys, 'checkout', ref)),
    ...refs.orders.map((ref) => markOfRef(keys, 'order', ref)),
  ];
  await setTombstones(tx, shopId, { requestId, erasedAt }, marks);
  const copies = {
    requestIds: [...gathered.closedRequestIds, ...gathered.openRequestIds],
    subjectIds: [...targets.personIds, ...targets.cartIds, ...targets.checkoutIds, ...targets.orderIds],
  };
  await endPackages(tx, shopId, copies, 'erased', now);
  const erased = await eraseRows(tx, shopId, { ...targets, customerRefs: found.customerRefs });
  await destroyKeysOf(tx, shopId, [{ scope: 'request', ids: gathered.closedRequestIds }]);
  const inbox = await dropInboxLeftovers({ tx, shopId, keys, keyStore }, inboxKeys, now);
  for (const [other, also] of inbox.followed) if (other !== requestId) await noteFollowed(tx, shopId, other, also, now);

  const shared = await stillUsed(tx, shopId, found.emailIndexes);
  await saveRun(tx, keyStore, shopId, requestId, {
    erasedAt,
    counts: addCounts(earlier?.counts, {
      ...addErased(erased, inbox.followed.get(requestId)),
      tombstones: new Set(marks.map(({ tag }) => tag)).size,
      inboxDropped: inbox.dropped,
      inboxUnopened: inbox.unopened,
    }),
    evidence: {
      ...identifiers,
      ids: [...targets.personIds, ...targets.cartIds, ...targets.checkoutIds, ...targets.orderIds],
      refs: [...found.customerRefs, ...found.emailIndexes, ...refs.carts, ...refs.checkouts, ...refs.orders]
        .map((ref) => Buffer.from(ref).toString('hex'))
        .filter((ref) => !shared.has(ref)),
    },
  });
  // The live pages look again.
  await tx.query('UPDATE app.shop_activity SET revision = revision + 1 WHERE shop_id = $1::uuid', [shopId]);
  return 'erased';
}

/** The addresses of a request that names nobody in any other way: whoever has one is meant, as long as it is not known who does. */
function soleAddresses({ customerIds, personIds, emails }: Gathered['subject']): readonly string[] {
  return customerIds.length === 0 && personIds.length === 0 ? emails : [];
}

function isWithin(now: FoundSubject, before: FoundSubject): boolean {
  const within = (key: 'personIds' | 'cartIds' | 'checkoutIds' | 'orderIds') =>
    now[key].every((id) => before[key].includes(id));
  return within('personIds') && within('cartIds') && within('checkoutIds') && within('orderIds');
}

/** Of these address indexes, those that somebody else's row has: they stay, and are not looked for. */
async function stillUsed(tx: SqlTx, shopId: string, indexes: readonly Buffer[]): Promise<Set<string>> {
  if (indexes.length === 0) return new Set();
  const rows = await tx.query<{ index: string }>(
    `SELECT DISTINCT encode(email_index, 'hex') AS index FROM app.people
     WHERE shop_id = $1::uuid AND email_index IN (SELECT decode(given, 'hex') FROM unnest($2::text[]) AS wanted (given))`,
    [shopId, indexes.map((index) => index.toString('hex'))],
  );
  return new Set(rows.map(({ index }) => index));
}
