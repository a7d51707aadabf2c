import type { ActionFunctionArgs, HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { submitBeginning } from '#app/privacy/desk/begin.ts';
import { NewRequestPage } from '#app/ui/requests/NewRequestPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireRight(request, context, 'answer-requests');
  return { today: context.clock().toISOString().slice(0, 10) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const staff = await requireRight(request, context, 'answer-requests');
  const { staffId } = staff;
  const who = { staffId, requestId: context.requestId };
  const result = await submitBeginning(context, staff.shopId, who, await request.formData());
  if (result.kind === 'begun') throw staff.redirectTo(`/app/requests/${result.id}`);
  return result;
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function NewRequest() {
  const { today } = useLoaderData<typeof loader>();
  return <NewRequestPage result={useActionData<typeof action>() ?? null} today={today} />;
}
