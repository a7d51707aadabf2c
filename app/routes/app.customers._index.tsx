import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { customerCodeOf } from '#app/carts/customer-code.ts';
import { getCustomerCursor } from '#app/customers/cursor.ts';
import { listCustomers } from '#app/customers/list.ts';
import { readNames } from '#app/customers/names.ts';
import { CustomersPage } from '#app/ui/customers/CustomersPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId, staffId, standing } = await requireRight(request, context, 'customers');
  const params = new URL(request.url).searchParams;
  const query = { code: customerCodeOf(params.get('code')), after: getCustomerCursor(params.get('after')) };
  const list = await listCustomers(context.db, shopId, query, context.clock().getTime());
  const view = { staffId, requestId: context.requestId, page: 'customers', purpose: 'customer-service' } as const;
  const ids = list.rows.map(({ id }) => id);
  return { list, shown: await readNames(context, shopId, view, standing, ids) };
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Customers() {
  return <CustomersPage {...useLoaderData<typeof loader>()} />;
}
