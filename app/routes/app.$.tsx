import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireStaff } from '#app/access/staff.ts';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

/** Every address of the app that is no page. */
export async function loader({ request, context }: LoaderFunctionArgs): Promise<never> {
  await requireStaff(request, context);
  throw new Response(null, { status: 404 });
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function NoPage() {
  return null;
}
