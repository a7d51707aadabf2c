import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { readPerson } from '#app/customers/read-person.ts';
import { PersonPage } from '#app/ui/customers/PersonPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

/** Further cards beside a customer bring their own figures: read them here, next to the person, and hand them on below. */
export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { shopId, staffId } = await requireRight(request, context, 'customers');
  const person = await readPerson(context, shopId, { staffId, requestId: context.requestId }, params['id'] ?? '');
  // The same answer for an id that never was, that is gone, or that belongs to another shop.
  if (person === null) throw new Response(null, { status: 404 });
  return { person };
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Person() {
  const { person } = useLoaderData<typeof loader>();
  return <PersonPage key={person.id} person={person} />;
}
