import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireOnboardedStaff } from '#app/access/staff.ts';
import { getAcceptedAgreement } from '#app/privacy/agreements/accepted-view.ts';
import { AgreementPage } from '#app/ui/agreement/AgreementPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const staff = await requireOnboardedStaff(request, context);
  const agreement = await getAcceptedAgreement(context, staff.shopId, staff);
  if (agreement === null) throw new Response(null, { status: 404 });
  return agreement;
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Agreement() {
  return <AgreementPage agreement={useLoaderData<typeof loader>()} />;
}
