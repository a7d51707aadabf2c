import type { GateServices, PersonView } from '#app/access/gate.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { readRequestEmails, readRequestPage, type RequestView } from '#app/privacy/desk/read.ts';
import { checkStoredReceipt, type PublicKeys, readReceiptView, type ReceiptView } from '#app/privacy/desk/receipt.ts';
import { submitRequest, type SubmitResult, type SubmitServices } from '#app/privacy/desk/submit.ts';
import type { ReceiptCheck } from '#app/privacy/receipts/check.ts';

type View = Pick<PersonView, 'staffId' | 'requestId'>;

/** Everything the page of a request shows. */
export interface RequestPageView {
  readonly request: RequestView;
  readonly receipt: ReceiptView | null;
  /** For links to the customer in Shopify admin. */
  readonly shopDomain: string;
}

export async function readRequestForStaff(
  services: GateServices,
  shopId: string,
  view: View,
  id: string,
): Promise<RequestPageView | null> {
  const request = await readRequestPage(services, shopId, view, id);
  if (request === null) return null;
  const { receipt, shopDomain } = await withShop(services.db, shopId, async (tx) => {
    const shop = await tx.shop.findUniqueOrThrow({ where: { id: shopId }, select: { domain: true } });
    return { receipt: await readReceiptView(sqlTxOfPrisma(tx), shopId, id), shopDomain: shop.domain };
  });
  return { request, receipt, shopDomain };
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
