import type { ActionFunctionArgs, HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { readRequestForStaff, submitRequestForm } from '#app/privacy/desk/request-page.ts';
import { RequestPage } from '#app/ui/requests/RequestPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { shopId, staffId, standing } = await requireRight(request, context, 'requests');
  const view = { staffId, requestId: context.requestId };
  const page = await readRequestForStaff(context, shopId, view, params['id'] ?? '');
  // The same answer for an id that never was, or that belongs to another shop.
  if (page === null) throw new Response(null, { status: 404 });
  return { ...page, mayAnswer: standing.rights.has('answer-requests') };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const { shopId, staffId } = await requireRight(request, context, 'answer-requests');
  const view = { staffId, requestId: context.requestId };
  return submitRequestForm(context, shopId, view, params['id'] ?? '', await request.formData());
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Request() {
  const page = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const isTooLate = result !== undefined && 'outcome' in result && result.outcome !== 'done';
  return <RequestPage key={page.request.id} {...page} isTooLate={isTooLate} />;
}
