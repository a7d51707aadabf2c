import type { ActionFunctionArgs, HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { examineReceipt, getReceiptText } from '#app/privacy/receipts/facts.ts';
import { CheckReceiptPage } from '#app/ui/requests/CheckReceiptPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireRight(request, context, 'requests');
  return null;
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { shopId } = await requireRight(request, context, 'requests');
  const text = await getReceiptText(request);
  if (text === null) return { examined: null };
  const keys = await withShop(context.db, shopId, (tx) => context.publicKeys(sqlTxOfPrisma(tx)));
  return { examined: examineReceipt(text, keys) };
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function CheckReceipt() {
  return <CheckReceiptPage />;
}
