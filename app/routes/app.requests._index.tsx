import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { placeOf, readDesk } from '#app/privacy/desk/list.ts';
import { stampOfDesk } from '#app/privacy/desk/stamp.ts';
import { RequestsPage } from '#app/ui/requests/RequestsPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId, standing } = await requireRight(request, context, 'requests');
  const list = await readDesk(context, shopId, placeOf(new URL(request.url).searchParams));
  return { list, stamp: stampOfDesk(list), mayAnswer: standing.rights.has('answer-requests') };
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Requests() {
  return <RequestsPage {...useLoaderData<typeof loader>()} />;
}
