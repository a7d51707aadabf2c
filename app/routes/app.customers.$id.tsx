import type { ActionFunctionArgs, HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { isUuid } from '#app/data/uuid.ts';
import { readPerson } from '#app/customers/read-person.ts';
import { submitChoice } from '#app/privacy/choices/person-form.ts';
import { readChoice } from '#app/privacy/choices/read-choice.ts';
import { ChoicesCard } from '#app/ui/customers/ChoicesCard.tsx';
import { PersonPage } from '#app/ui/customers/PersonPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

/** Further cards beside a customer bring their own figures: read them here, next to the person, and hand them on below. */
export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { shopId, staffId, standing } = await requireRight(request, context, 'customers');
  const person = await readPerson(context, shopId, { staffId, requestId: context.requestId }, params['id'] ?? '');
  // The same answer for an id that never was, that is gone, or that belongs to another shop.
  if (person === null) throw new Response(null, { status: 404 });
  const choice = await readChoice(context, shopId, person.familyIds);
  return { person, choice, mayAnswer: standing.rights.has('answer-requests') };
}

/** Opting the customer out, and taking that back, is all that is done here. */
export async function action({ request, context, params }: ActionFunctionArgs) {
  const { shopId, staffId } = await requireRight(request, context, 'answer-requests');
  const personId = params['id'] ?? '';
  if (!isUuid(personId)) throw new Response(null, { status: 404 });
  const who = { staffId, requestId: context.requestId };
  return { outcome: await submitChoice(context, shopId, who, personId, await request.formData()) };
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Person() {
  const { person, choice, mayAnswer } = useLoaderData<typeof loader>();
  const choices = (
    <ChoicesCard key="choices" personId={person.id} choice={choice} nowMs={person.readAtMs} mayAnswer={mayAnswer} />
  );
  return <PersonPage key={person.id} person={person} side={[choices]} />;
}
