import { z } from 'zod';
import { v7 as uuidv7 } from 'uuid';

import { staffActor } from '#app/access/actor.ts';
import { type GateServices, openForWork, type OpenValues } from '#app/access/gate.ts';
import { writeAccessRecord } from '#app/access/record.ts';
import { familyOf } from '#app/customers/family.ts';
import { waitForShopLock } from '#app/data/shop-lock.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type ShopTx, withShop } from '#app/data/with-shop.ts';
import { AppError } from '#app/errors.ts';
import type { JobQueue } from '#app/jobs/queue.ts';
import { personPlace } from '#app/customers/people-store.ts';
import type { ReadChoicesDeps } from '#app/privacy/choices/read-choices.ts';
import { suppress } from '#app/privacy/choices/suppressions.ts';
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
  const { keyStore, clock, jobs } = services;
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
    const { pseudonymKey } = await keyStore.shopKeys(sql, shopId);
    const subjects = await keyStore.subjectKeys(sql, shopId, 'person', ids);
    await writeAccessRecord(tx, shopId, {
      at,
      actor: staffActor(pseudonymKey, staffId),
      purpose: 'privacy-requests',
      page: 'person-opt-out',
      fields: [],
      subjects: [...subjects.values()].map(({ pseudonym }) => pseudonym),
      valueCount: 0,
      requestId,
    });
    await jobs.add(sql, 'choices.opt-out', { shopId, personId });
    return true;
  });
}

/**
 * Tells Shopify of an opt-out that was set here. When it has taken it, the refusal counts as checked.
 *
 * @throws AppError of {@link AdminApi}; `shopify.answer` when Shopify takes no opt-out for this address.
 */
export async function tellOptOut(
  deps: ReadChoicesDeps,
  shopId: string,
  personId: string,
  signal?: AbortSignal,
): Promise<void> {
  const family = await openForWork(deps, shopId, workOf(uuidv7()), async (tx, open) =>
    marksOfFamily(deps, tx, shopId, await familyOf(tx, shopId, personId), open),
  );
  for (const email of family.emails) {
    const { dataSaleOptOut } = await deps.admin.run(shopId, DATA_SALE_OPT_OUT, { email }, signal);
    if (dataSaleOptOut === null || dataSaleOptOut.userErrors.length > 0) throw new AppError('shopify.answer');
  }
  if (family.emails.length === 0) return;
  const refusal = { what: 'sale-opt-out', source: 'shopify', at: deps.clock() } as const;
  await withShop(deps.db, shopId, (tx) => suppress(sqlTxOfPrisma(tx), shopId, refusal, family.marks));
}

function workOf(requestId: string) {
  return { actor: 'system:choices.opt-out', purpose: 'privacy-requests', job: 'choices.opt-out', requestId } as const;
}

async function marksOfFamily(
  { keyStore }: GateServices,
  tx: ShopTx,
  shopId: string,
  ids: readonly string[],
  open: OpenValues,
): Promise<{ marks: Mark[]; emails: string[] }> {
  const keys = await keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
  const people = await tx.person.findMany({
    where: { shopId, id: { in: [...ids] } },
    select: { id: true, customerRef: true, sealed: true },
  });
  const values = people.map(({ id, sealed }) => ({ subjectId: id, sealed, place: personPlace(shopId, id) }));
  const opened = await open('person', values, ['email']);
  const emails = [
    ...new Set(opened.flatMap((fields) => (typeof fields?.['email'] === 'string' ? [fields['email']] : []))),
  ];
  const customers = people.flatMap(({ customerRef }) =>
    customerRef === null ? [] : [markOfRef(keys, 'customer', customerRef)],
  );
  return { emails, marks: [...customers, ...emails.map((email) => markOfEmail(keys, email))] };
}
