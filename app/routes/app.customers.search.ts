import type { ActionFunctionArgs } from '@remix-run/node';
import { z } from 'zod';

import { requireRight } from '#app/access/staff.ts';
import { searchByEmail } from '#app/customers/email-search.ts';
import { parseEmail } from '#app/privacy/agreements/signer.ts';

const querySchema = z.object({ email: z.string().max(1_000) });

/** Who has this e-mail address. A POST: an address of a person never stands in an address of a page. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { shopId, staffId } = await requireRight(request, context, 'email-search');
  const query = querySchema.safeParse(await request.json().catch(() => null));
  const email = query.success ? parseEmail(query.data.email) : null;
  if (email === null) return new Response(null, { status: 400 });
  return Response.json({
    found: await searchByEmail(context, shopId, { staffId, requestId: context.requestId }, email),
  });
}

export const loader = () => new Response(null, { status: 405, headers: { allow: 'POST' } });
