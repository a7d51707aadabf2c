import type { ActionFunctionArgs } from '@remix-run/node';

import { requireRight } from '#app/access/staff.ts';
import { changesQuerySchema, readChanges } from '#app/carts/changes.ts';

/** What has changed since: asked every two seconds by the live pages. A POST, so that ids stand in no log of addresses. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { shopId, shop } = await requireRight(request, context, 'carts');
  const query = changesQuerySchema.safeParse(await request.json().catch(() => null));
  if (!query.success) return new Response(null, { status: 400 });
  return Response.json(
    await readChanges(context.db, shopId, query.data, { ...shop, nowMs: context.clock().getTime() }),
  );
}

export const loader = () => new Response(null, { status: 405, headers: { allow: 'POST' } });
