import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { readCart } from '#app/carts/read-cart.ts';
import { CartPage } from '#app/ui/carts/CartPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { shopId, staffId } = await requireRight(request, context, 'carts');
  const view = { staffId, requestId: context.requestId };
  const cart = await readCart(context, shopId, view, params['id'] ?? '');
  // The same answer for an id that never was, that is gone, or that belongs to another shop.
  if (cart === null) throw new Response(null, { status: 404 });
  return cart;
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Cart() {
  const cart = useLoaderData<typeof loader>();
  return <CartPage key={cart.row.id} cart={cart} />;
}
