import { data, type ActionFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData } from '@remix-run/react';

import { forwardRequest } from '#app/privacy/individuals/forward.ts';
import { IndividualsPage } from '#app/ui/requests/IndividualsPage.tsx';
import { individualsTexts } from '#app/ui/texts/individuals.ts';

/** For anybody: no session, no frame, no cookie. */
export const meta: MetaFunction = () => [{ title: individualsTexts.title }];

export async function action({ request, context }: ActionFunctionArgs) {
  if (!context.publicPace.take()) return data({ answer: 'busy' as const }, { status: 429 });
  const answer = await forwardRequest({ ...context, patience: context.publicPatience }, await request.formData());
  return { answer };
}

export default function Individuals() {
  const result = useActionData<typeof action>();
  return <IndividualsPage answer={result?.answer ?? null} />;
}
