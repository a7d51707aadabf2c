import { z } from 'zod';
import { v7 as uuidv7 } from 'uuid';

import { staffActor } from '#app/access/actor.ts';
import { type GateServices, openForWork, type OpenValues } from '#app/access/gate.ts';
import { writeAccessRecord } from '#app/access/record.ts';
import { familyOf } from '#app/customers/family.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { waitForShopLock } from '#app/data/shop-lock.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type ShopTx, withShop } from '#app/data/with-shop.ts';
import { AppError } from '#app/errors.ts';
import type { JobQueue } from '#app/jobs/queue.ts';
import { personPlace } from '#app/customers/people-store.ts';
import { type ReadChoicesDeps, sharedAddresses } from '#app/privacy/choices/read-choices.ts';
import {
  findSuppressed,
  suppress,
  type TakeBackReason,
  takeBackSaleOptOuts,
  untoldSaleOptOuts,
} from '#app/privacy/choices/suppressions.ts';
import { type Mark, markOfEmail, markOfRef } from '#app/privacy/forgotten/marks.ts';
import type { AdminOperation } from '#app/shopify/admin.ts';

/** Needs write_privacy_settings. Shopify knows people by their address here. */
const DATA_SALE_OPT_OUT: AdminOperation<
  { email: string },
  { dataSaleOptOut: { userErrors: { code: string | null }[] } | null }
> = {
  name: 'DataSaleOptOut',
  query: `mutation DataSaleOptOut($email: String!) {
  dataSaleOptOut(email: $email) {
    customerId
    userErrors {
      code
    }
  }
}`,
  data: z.object({
    dataSaleOptOut: z.object({ userErrors: z.array(z.object({ code: z.string().nullable() })) }).nullable(),
  }),
};

/**
 * Opts a customer out of the sale of their data, since the merchant says that they asked for it. It is in force here at once;
 * Shopify is told by a job of the same transaction.
 *
 * @returns false when the shop has no such person.
 */
export async function optOut(
  services: GateServices & { readonly jobs: JobQueue },
  shopId: string,
  { staffId, requestId }: { readonly staffId: string; readonly requestId: string },
  personId: string,
): Promise<boolean> {
  const { clock, jobs } = services;
  return openForWork(services, shopId, workOf(requestId), async (tx, open) => {
    const sql = sqlTxOfPrisma(tx);
    await waitForShopLock(sql, shopId);
    const at = clock();
    const ids = await familyOf(tx, shopId, personId);
    const { marks } = await marksOfFamily(services, tx, shopId, ids, open);
    if (marks.length === 0) return false;
    await suppress(sql, shopId, { what: 'sale-opt-out', source: 'merchant', at }, marks);
    await sql.query(
      `UPDATE app.people SET sale_answer = 'opted-out', sale_asked_at = $3::timestamptz
       WHERE shop_id = $1::uuid AND id = ANY ($2::uuid[])`,
      [shopId, ids, at],
    );
    await noteAct(services, tx, shopId, { staffId, requestId, at, page: 'person-opt-out' }, ids);
    await jobs.add(sql, 'choices.opt-out', { shopId, personId });
    return true;
  });
}

/**
 * Takes back an opt-out that was set here. Shopify is asked again at once: where it says that the customer has opted out,
 * which is so after it was told, that stands, and only Shopify can end it.
 *
 * @returns `none` when nothing that was set here is in force, `gone` when the shop has no such person.
 */
export async function takeBackOptOut(
  services: GateServices & { readonly jobs: JobQueue },
  shopId: string,
  { staffId, requestId }: { readonly staffId: string; readonly requestId: string },
  personId: string,
  why: TakeBackReason,
): Promise<'taken-back' | 'none' | 'gone'> {
  return openForWork(services, shopId, workOf(requestId), async (tx, open) => {
    const sql = sqlTxOfPrisma(tx);
    await waitForShopLock(sql, shopId);
    const at = services.clock();
    const ids = await familyOf(tx, shopId, personId);
    const { marks, sharedMarks } = await marksOfFamily(services, tx, shopId, ids, open);
    if (marks.length === 0) return 'gone';
    const tags = marks.map(({ tag }) => tag);
    if ((await takeBackSaleOptOuts(sql, shopId, tags, { why, at })) === 0) return 'none';
    // It may have been set when nobody else had the address yet.
    const shared = sharedMarks.map(({ tag }) => tag);
    await takeBackSaleOptOuts(sql, shopId, shared, { why, at });
    const isStillRefused = (await findSuppressed(sql, shopId, tags)).size > 0;
    await sql.query(
      `UPDATE app.people SET sale_answer = CASE WHEN $3 THEN sale_answer END, sale_asked_at = CASE WHEN $3 THEN sale_asked_at END
       WHERE shop_id = $1::uuid AND id = ANY ($2::uuid[])`,
      [shopId, ids, isStillRefused],
    );
    await noteAct(
      services,
      tx,
      shopId,
      { staffId, requestId, at, page: 'person-opt-out-taken-back', reason: why },
      ids,
    );
    await services.jobs.add(sql, 'choices.read', { shopId });
    return 'taken-back';
  });
}

interface Act {
  readonly staffId: string;
  readonly requestId: string;
  readonly at: Date;
  readonly page: 'person-opt-out' | 'person-opt-out-taken-back';
  readonly reason?: TakeBackReason;
}

/** What staff did for somebody stands in the access log, as looking does. */
async function noteAct(
  { keyStore }: GateServices,
  tx: ShopTx,
  shopId: string,
  { staffId, ...act }: Act,
  ids: readonly string[],
): Promise<void> {
  const sql = sqlTxOfPrisma(tx);
  const { pseudonymKey } = await keyStore.shopKeys(sql, shopId);
  const subjects = await keyStore.subjectKeys(sql, shopId, 'person', ids);
  await writeAccessRecord(tx, shopId, {
    ...act,
    actor: staffActor(pseudonymKey, staffId),
    purpose: 'privacy-requests',
    fields: [],
    subjects: [...subjects.values()].map(({ pseudonym }) => pseudonym),
    valueCount: 0,
  });
}

/** Shopify's right to set an opt-out; a shop may not have granted it. */
export const OPT_OUT_SCOPE = 'write_privacy_settings';

/** Whether the shop lets us tell Shopify of an opt-out. */
export async function mayTell(tx: ShopTx, shopId: string): Promise<boolean> {
  const shop = await tx.shop.findUnique({ where: { id: shopId }, select: { grantedScopes: true } });
  return shop?.grantedScopes.includes(OPT_OUT_SCOPE) === true;
}

const UNTOLD_AT_MOST = 1_000;

/** Customers whose opt-out was set here and has not reached Shopify: they are told of again, until it has. */
export async function findUntold(tx: ShopTx, keyStore: KeyStore, shopId: string): Promise<string[]> {
  const sql = sqlTxOfPrisma(tx);
  const untold = await untoldSaleOptOuts(sql, shopId);
  if (untold.size === 0) return [];
  const keys = await keyStore.shopKeys(sql, shopId);
  const people = await tx.person.findMany({
    where: { shopId, saleAnswer: 'opted-out', customerRef: { not: null } },
    select: { id: true, customerRef: true },
    orderBy: { id: 'asc' },
  });
  return people
    .filter(({ customerRef }) => customerRef !== null && untold.has(markOfRef(keys, 'customer', customerRef).tag))
    .slice(0, UNTOLD_AT_MOST)
    .map(({ id }) => id);
}

/**
 * Tells Shopify of an opt-out that was set here, if it still stands and the shop lets us. When Shopify has taken it, that is
 * written down; until then the job tries again, and every night anew.
 *
 * @throws AppError of {@link AdminApi}; `shopify.answer` when Shopify takes no opt-out for this address.
 */
export async function tellOptOut(
  deps: ReadChoicesDeps,
  shopId: string,
  personId: string,
  signal?: AbortSignal,
): Promise<void> {
  if (!(await withShop(deps.db, shopId, (tx) => mayTell(tx, shopId)))) return;
  const family = await openForWork(deps, shopId, workOf(uuidv7()), async (tx, open) => {
    const untold = await untoldSaleOptOuts(sqlTxOfPrisma(tx), shopId);
    const { marks, emails } = await marksOfFamily(deps, tx, shopId, await familyOf(tx, shopId, personId), open);
    // It may have been taken back meanwhile.
    return marks.some(({ tag }) => untold.has(tag)) ? { marks, emails } : { marks: [], emails: [] };
  });
  for (const email of family.emails) {
    const { dataSaleOptOut } = await deps.admin.run(shopId, DATA_SALE_OPT_OUT, { email }, signal);
    if (dataSaleOptOut === null || dataSaleOptOut.userErrors.length > 0) throw new AppError('shopify.answer');
  }
  if (family.emails.length === 0) return;
  const refusal = { what: 'sale-opt-out', source: 'shopify', at: deps.clock(), isTold: true } as const;
  await withShop(deps.db, shopId, (tx) => suppress(sqlTxOfPrisma(tx), shopId, refusal, family.marks));
}

function workOf(requestId: string) {
  return { actor: 'system:choices.opt-out', purpose: 'privacy-requests', job: 'choices.opt-out', requestId } as const;
}

interface FamilyMarks {
  /** What a refusal of theirs is known by, and nobody else's is. */
  readonly marks: readonly Mark[];
  /** Addresses that another customer has as well. */
  readonly sharedMarks: readonly Mark[];
  /** Under which Shopify can be told; a shared one might be the other's there. */
  readonly emails: readonly string[];
}

async function marksOfFamily(
  { keyStore }: GateServices,
  tx: ShopTx,
  shopId: string,
  ids: readonly string[],
  open: OpenValues,
): Promise<FamilyMarks> {
  const sql = sqlTxOfPrisma(tx);
  const keys = await keyStore.shopKeys(sql, shopId);
  const people = await tx.person.findMany({
    where: { shopId, id: { in: [...ids] } },
    select: { id: true, customerRef: true, sealed: true },
  });
  const sharing = await sharedAddresses(sql, shopId, ids, ids);
  const values = people.map(({ id, sealed }) => ({ subjectId: id, sealed, place: personPlace(shopId, id) }));
  const opened = await open('person', values, ['email']);
  const emailsOf = (isShared: boolean) =>
    people.flatMap(({ id }, index) => {
      const email = opened[index]?.['email'];
      return typeof email === 'string' && sharing.has(id) === isShared ? [email] : [];
    });
  const customers = people.flatMap(({ customerRef }) =>
    customerRef === null ? [] : [markOfRef(keys, 'customer', customerRef)],
  );
  const emails = [...new Set(emailsOf(false))];
  const markOf = (email: string) => markOfEmail(keys, email);
  return { emails, marks: [...customers, ...emails.map(markOf)], sharedMarks: emailsOf(true).map(markOf) };
}
