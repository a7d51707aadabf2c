import { writeAccessRecord } from '#app/access/record.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { openEvent } from '#app/ingest/apply/open-event.ts';
import { selectParked } from '#app/ingest/apply/inbox-rows.ts';
import type { InboxKeys } from '#app/ingest/inbox-place.ts';
import type { PackageRow } from '#app/privacy/package/document.ts';

interface Opening {
  readonly actor: `system:${string}`;
  readonly job: string;
  readonly requestId: string;
  readonly at: Date;
}

/**
 * What waits on the inbox's shelf about these customers: changes to the profile of somebody of whom no cart is known. It is
 * theirs as much as what is sorted in, so it belongs into a copy. Opened on record.
 *
 * @param refs of the customers, as a subject was found.
 */
export async function readWaitingProfiles(
  tx: ShopTx,
  shopId: string,
  inboxKeys: InboxKeys,
  refs: readonly Buffer[],
  { actor, job, requestId, at }: Opening,
): Promise<PackageRow[]> {
  const shop = await tx.shop.findUnique({ where: { id: shopId }, select: { epoch: true } });
  if (shop === null || refs.length === 0) return [];
  await inboxKeys.loadIfStale();
  const parked = await selectParked(sqlTxOfPrisma(tx), shopId, shop.epoch, refs);
  const profiles = parked.flatMap((row) => {
    // A day whose key is gone takes what lay in it along.
    if (row.sealed === null || inboxKeys.keyOf(row.day, shopId) === null) return [];
    // Prisma gives plain bytes.
    const bytes = { digest: Buffer.from(row.digest), sealed: Buffer.from(row.sealed) };
    const event = openEvent(inboxKeys, null, shopId, { ...row, ...bytes });
    if (event.topic !== 'customers/update') return [];
    const { id, email, first_name: firstName, last_name: lastName } = event.body;
    const told = { customerId: id, email, firstName, lastName, receivedAt: event.receivedAt.toISOString() };
    return [Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null && value !== undefined))];
  });
  if (profiles.length === 0) return [];
  await writeAccessRecord(tx, shopId, {
    at,
    actor,
    purpose: 'privacy-requests',
    page: job,
    fields: ['inbox.events.sealed.body'],
    // Somebody of whom nothing is sorted in has no pseudonym.
    subjects: [],
    peopleCount: 1,
    valueCount: profiles.length,
    requestId,
  });
  return profiles;
}

/** What of these customers waits, by its digests: nothing is opened for it. */
export async function waitingDigests(
  tx: ShopTx,
  shopId: string,
  refs: readonly Buffer[],
): Promise<ReadonlySet<string>> {
  const shop = await tx.shop.findUnique({ where: { id: shopId }, select: { epoch: true } });
  if (shop === null || refs.length === 0) return new Set();
  const parked = await selectParked(sqlTxOfPrisma(tx), shopId, shop.epoch, refs);
  return new Set(
    parked.flatMap(({ digest, sealed }) => (sealed === null ? [] : [Buffer.from(digest).toString('hex')])),
  );
}
