import type { ActionFunctionArgs, HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireOnboardedStaff, requireRight } from '#app/access/staff.ts';
import { readRetention, submitRetention } from '#app/privacy/retention/page.ts';
import { RetentionPage } from '#app/ui/retention/RetentionPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const staff = await requireOnboardedStaff(request, context);
  return { view: await readRetention(context, staff.shopId), mayEdit: staff.standing.rights.has('settings') };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { shopId, standing } = await requireRight(request, context, 'settings');
  return submitRetention(context, shopId, await request.formData(), standing.actor);
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Retention() {
  const { view, mayEdit } = useLoaderData<typeof loader>();
  return <RetentionPage view={view} mayEdit={mayEdit} result={useActionData<typeof action>() ?? null} />;
}
