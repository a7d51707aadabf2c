import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';

import type { GateServices, Work } from '#app/access/gate.ts';
import { untiePeople } from '#app/carts/apply/untie.ts';
import { takeShopLock } from '#app/data/shop-lock.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import { dropParked } from '#app/ingest/apply/inbox-rows.ts';
import { type RefusalSource, suppress } from '#app/privacy/choices/suppressions.ts';
import { eraseRows, NO_TARGETS } from '#app/privacy/erasure/erase-rows.ts';
import { gather, type Gathered } from '#app/privacy/erasure/gather.ts';
import { markOfCustomer, markOfEmail, markOfRef } from '#app/privacy/forgotten/marks.ts';
import { finishRequest, isStillWorking, type Mover, startRequest } from '#app/privacy/requests/move.ts';
import { readRequest } from '#app/privacy/requests/read.ts';
import { TO_WORK_ON } from '#app/privacy/requests/states.ts';
import { findSubject } from '#app/privacy/subject/find-subject.ts';

export interface ObjectionDeps extends GateServices {
  /** Acts as `ci_app`. */
  readonly pool: Pool;
}

const ACTOR = 'system:privacy.objection';
/** Batches that are applied between gathering and locking may add to a person; so often is started anew. */
const MAX_GATHERINGS = 10;

/**
 * Carries an objection out (GDPR Art. 21): in one transaction under the shop's lock the refusal is kept, what the person is
 * tied to is cut loose, their profile and its key go, and the request ends. One that was broken off is simply run again.
 *
 * Carts and orders stay the shop's. Which of them were this person's is known to nobody afterwards, us included.
 */
export async function workObjection(deps: ObjectionDeps, shopId: string, requestId: string): Promise<'done' | null> {
  const { pool, clock } = deps;
  const mover = (): Mover => ({ actor: ACTOR, at: clock() });
  const work: Work = { actor: ACTOR, purpose: 'privacy-requests', job: 'privacy.objection', requestId: uuidv7() };
  const begun = await withShopSql(pool, shopId, async (tx) => {
    const request = await readRequest(tx, shopId, requestId);
    if (request?.kind !== 'objection' || !TO_WORK_ON.includes(request.state)) return null;
    await startRequest(tx, shopId, requestId, mover());
    return { source: request.source === 'individual' ? 'individual' : 'merchant', held: request.held } as const;
  });
  if (begun === null) return null;

  for (let round = 0; round < MAX_GATHERINGS; round += 1) {
    const gathered = begun.held ? await gather(deps, shopId, requestId, work) : null;
    const outcome = await withShopSql(pool, shopId, async (tx) => {
      await takeShopLock(tx, shopId);
      if (!(await isStillWorking(tx, shopId, requestId))) return 'held';
      if (gathered !== null) {
        const cut = await cutTies(tx, shopId, deps, gathered, { source: begun.source, requestId, at: clock() });
        if (cut === 'changed') return 'changed';
      }
      await finishRequest(tx, shopId, requestId, mover());
      return 'done';
    });
    if (outcome !== 'changed') return outcome === 'done' ? 'done' : null;
  }
  throw new Error('The person keeps changing');
}

/**
 * Keeps the refusal and cuts the person loose.
 *
 * @param tx holds the shop's lock.
 * @returns `changed` when more is known of the person by now than was gathered; nothing is done then.
 */
export async function cutTies(
  tx: SqlTx,
  shopId: string,
  { keyStore }: { readonly keyStore: KeyStore },
  { subject, found: before, identifiers }: Pick<Gathered, 'subject' | 'found' | 'identifiers'>,
  refusal: { readonly source: RefusalSource; readonly requestId: string | null; readonly at: Date },
): Promise<'cut' | 'changed'> {
  const found = await findSubject(tx, keyStore, shopId, subject);
  if (!found.personIds.every((id) => before.personIds.includes(id))) return 'changed';
  const keys = await keyStore.shopKeys(tx, shopId);
  await suppress(tx, shopId, { what: 'objection', ...refusal }, [
    ...identifiers.customerIds.map((id) => markOfCustomer(keys, id)),
    ...found.customerRefs.map((ref) => markOfRef(keys, 'customer', ref)),
    ...identifiers.emails.map((email) => markOfEmail(keys, email)),
  ]);
  await untiePeople({ tx, shopId, keyStore }, found.personIds);
  const { personIds, customerRefs } = found;
  await eraseRows(tx, shopId, { ...NO_TARGETS, personIds, customerRefs });
  // What waits for them on the shelf is their profile as well.
  await dropParked(tx, shopId, customerRefs);
  // The live pages look again.
  await tx.query('UPDATE app.shop_activity SET revision = revision + 1 WHERE shop_id = $1::uuid', [shopId]);
  return 'cut';
}
