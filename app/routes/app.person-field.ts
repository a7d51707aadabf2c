import type { ActionFunctionArgs } from '@remix-run/node';

import { requireRight } from '#app/access/staff.ts';
import { openPersonField, personFieldSchema } from '#app/customers/person-field.ts';

/** One field of one person, whole. A POST: it does something, and neither question nor answer stands in an address. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { shopId, staffId } = await requireRight(request, context, 'people');
  const query = personFieldSchema.safeParse(await request.json().catch(() => null));
  if (!query.success) return new Response(null, { status: 400 });
  const value = await openPersonField(context, shopId, { staffId, requestId: context.requestId }, query.data);
  return Response.json({ value });
}

export const loader = () => new Response(null, { status: 405, headers: { allow: 'POST' } });
