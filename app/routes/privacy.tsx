import { data, type ActionFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData } from '@remix-run/react';

import { forwardRequest } from '#app/privacy/individuals/forward.ts';
import { IndividualsPage } from '#app/ui/requests/IndividualsPage.tsx';
import { individualsTexts } from '#app/ui/texts/individuals.ts';

/** For anybody: no session, no frame, no cookie. */
export const meta: MetaFunction = () => [{ title: individualsTexts.title }];

export async function action({ request, context }: ActionFunctionArgs) {
  const { limits, clientAddress, publicPace, publicPatience: patience } = context;
  // Who asks too often is stopped before what everybody shares is touched.
  const isInTime = await limits.visitor(clientAddress).then(() => true, isNotRefused);
  if (!isInTime || !publicPace.take()) return data({ answer: 'busy' as const }, { status: 429 });
  const mayPassOn = (shopDomain: string) => limits.namedShop(shopDomain, clientAddress);
  const answer = await forwardRequest({ ...context, patience, mayPassOn }, await request.formData());
  return data({ answer }, { status: answer === 'full' ? 429 : 200 });
}

/** A refusal is answered by the page, as the person who reads it needs; anything else is ours. */
function isNotRefused(thrown: unknown): false {
  if (thrown instanceof Response) return false;
  throw thrown instanceof Error ? thrown : new Error('The rate limit failed');
}

export default function Individuals() {
  const result = useActionData<typeof action>();
  return <IndividualsPage answer={result?.answer ?? null} />;
}
