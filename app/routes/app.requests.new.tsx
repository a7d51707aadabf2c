import type { ActionFunctionArgs, HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { withShop } from '#app/data/with-shop.ts';
import { BEGINNABLE, chosenPerson, submitBeginning } from '#app/privacy/desk/begin.ts';
import { dayOf } from '#app/privacy/desk/day.ts';
import { NewRequestPage } from '#app/ui/requests/NewRequestPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId, shop } = await requireRight(request, context, 'answer-requests');
  const { searchParams } = new URL(request.url);
  const personId = searchParams.get('person');
  const chosen =
    personId === null ? null : await withShop(context.db, shopId, (tx) => chosenPerson(tx, shopId, personId));
  const kind = BEGINNABLE.find((each) => each === searchParams.get('kind')) ?? 'access';
  return {
    today: dayOf(context.clock(), shop.timeZone),
    chosen,
    kind,
    isGone: personId !== null && chosen === null,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const staff = await requireRight(request, context, 'answer-requests');
  const { staffId, shop } = staff;
  const who = { staffId, requestId: context.requestId, timeZone: shop.timeZone };
  const result = await submitBeginning(context, staff.shopId, who, await request.formData());
  if (result.kind === 'begun') throw staff.redirectTo(`/app/requests/${result.id}`);
  return result;
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function NewRequest() {
  const page = useLoaderData<typeof loader>();
  return <NewRequestPage {...page} result={useActionData<typeof action>() ?? null} />;
}
