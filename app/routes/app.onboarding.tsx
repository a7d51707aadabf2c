import type { ActionFunctionArgs, HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireStaff } from '#app/access/staff.ts';
import { readOnboarding } from '#app/privacy/agreements/onboarding-view.ts';
import { submitOnboarding } from '#app/privacy/agreements/onboarding-submit.ts';
import { OnboardingPage } from '#app/ui/agreement/OnboardingPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const staff = await requireStaff(request, context);
  if (staff.isOnboarded) throw staff.redirectTo('/app/carts');
  return readOnboarding(context, staff.shopId, staff);
}

export async function action({ request, context }: ActionFunctionArgs) {
  const staff = await requireStaff(request, context);
  const result = await submitOnboarding(context, staff.shopId, staff, await request.formData());
  if (result.kind === 'accepted') throw staff.redirectTo('/app/carts');
  return result;
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Onboarding() {
  const result = useActionData<typeof action>();
  const refusal = result?.kind === 'refused' ? result.reason : null;
  return <OnboardingPage view={useLoaderData<typeof loader>()} refusal={refusal} />;
}
