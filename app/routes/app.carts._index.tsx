import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { parseListAddress } from '#app/carts/list-address.ts';
import { listCarts } from '#app/carts/list.ts';
import { peopleOf } from '#app/carts/row.ts';
import { readNames } from '#app/customers/names.ts';
import { CartsPage } from '#app/ui/carts/CartsPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId, shop, staffId, standing } = await requireRight(request, context, 'carts');
  const query = parseListAddress(new URL(request.url).searchParams);
  const list = await listCarts(context.db, shopId, query, { ...shop, nowMs: context.clock().getTime() });
  const view = { staffId, requestId: context.requestId, page: 'carts', purpose: 'cart-activity' } as const;
  return { list, shown: await readNames(context, shopId, view, standing, peopleOf(list.rows)) };
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Carts() {
  return <CartsPage {...useLoaderData<typeof loader>()} />;
}
