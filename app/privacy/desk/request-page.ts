import type { GateServices, PersonView } from '#app/access/gate.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { readRequestEmails, readRequestPage, type RequestView } from '#app/privacy/desk/read.ts';
import { checkStoredReceipt, type PublicKeys, readReceiptView, type ReceiptView } from '#app/privacy/desk/receipt.ts';
import { readRequestStamp } from '#app/privacy/desk/stamp.ts';
import { submitRequest, type SubmitResult, type SubmitServices } from '#app/privacy/desk/submit.ts';
import { followedSince, readRun } from '#app/privacy/erasure/run-record.ts';
import { blockedReturns } from '#app/privacy/forgotten/tombstones.ts';
import type { ReceiptCheck } from '#app/privacy/receipts/check.ts';

type View = Pick<PersonView, 'staffId' | 'requestId'>;

/** Everything the page of a request shows. */
export interface RequestPageView {
  readonly request: RequestView;
  readonly receipt: ReceiptView | null;
  /** For links to the customer in Shopify admin. */
  readonly shopDomain: string;
  /** Of what is shown; see the route of changes. */
  readonly stamp: string;
  readonly erasure: ErasureView;
}

/** How far an erasure is, and what came back of the person since. */
export interface ErasureView {
  /** When rows and keys went; null before. */
  readonly erasedAtMs: number | null;
  /** Late messages that were turned away so far; the receipt's own number stands still. */
  readonly blocked: number;
  readonly lastBlockedAtMs: number | null;
  /** What turned out to be the person's after the receipt was issued, and was erased then: the other half of a merge that was heard of late. */
  readonly followed: { readonly rows: number; readonly keys: number; readonly atMs: number } | null;
}

export async function readRequestForStaff(
  services: GateServices,
  shopId: string,
  view: View,
  id: string,
): Promise<RequestPageView | null> {
  // Before everything else: what changes while the page is read is found by the page's first question.
  const stamp = await readRequestStamp(services, shopId, id);
  const request = await readRequestPage(services, shopId, view, id);
  if (request === null || stamp === null) return null;
  return withShop(services.db, shopId, async (tx) => {
    const sql = sqlTxOfPrisma(tx);
    const shop = await tx.shop.findUniqueOrThrow({ where: { id: shopId }, select: { domain: true } });
    const run = await readRun(sql, shopId, id);
    const followed = followedSince(run);
    const { blocked, lastBlockedAt } = await blockedReturns(sql, shopId, id);
    return {
      request,
      stamp,
      shopDomain: shop.domain,
      receipt: await readReceiptView(sql, shopId, id),
      erasure: {
        erasedAtMs: run?.erasedAt.getTime() ?? null,
        blocked,
        lastBlockedAtMs: lastBlockedAt?.getTime() ?? null,
        followed: followed === null ? null : { rows: followed.rows, keys: followed.keys, atMs: followed.at.getTime() },
      },
    };
  });
}

export type FormAnswer =
  { readonly outcome: SubmitResult } | { readonly emails: readonly string[] } | { readonly check: ReceiptCheck | null };

/** What the page's buttons ask for: to be shown the address, to have the receipt checked, or to have something done. */
export async function submitRequestForm(
  services: GateServices & SubmitServices & { readonly publicKeys: PublicKeys },
  shopId: string,
  view: View,
  id: string,
  form: FormData,
): Promise<FormAnswer> {
  switch (form.get('intent')) {
    case 'emails':
      return { emails: await readRequestEmails(services, shopId, view, id) };
    case 'check':
      return {
        check: await withShop(services.db, shopId, (tx) =>
          checkStoredReceipt(sqlTxOfPrisma(tx), shopId, id, services.publicKeys),
        ),
      };
    default:
      return { outcome: await submitRequest(services, shopId, view.staffId, id, form) };
  }
}
