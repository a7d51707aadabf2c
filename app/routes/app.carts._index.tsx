import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { parseListAddress } from '#app/carts/list-address.ts';
import { listCarts } from '#app/carts/list.ts';
import { CartsPage } from '#app/ui/carts/CartsPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId, shop } = await requireRight(request, context, 'carts');
  const query = parseListAddress(new URL(request.url).searchParams);
  return listCarts(context.db, shopId, query, { ...shop, nowMs: context.clock().getTime() });
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Carts() {
  return <CartsPage list={useLoaderData<typeof loader>()} />;
}
