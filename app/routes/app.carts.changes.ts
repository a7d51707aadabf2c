import type { ActionFunctionArgs } from '@remix-run/node';

import { requireRight } from '#app/access/staff.ts';
import { changesQuerySchema, readChanges } from '#app/carts/changes.ts';
import { peopleOf } from '#app/carts/row.ts';
import { readNames } from '#app/customers/names.ts';

/**
 * What has changed since: asked again and again by the live pages. A POST, so that ids stand in no log of addresses.
 *
 * Where names are shown, those of people who are new on the page are opened: one access record for each answer that brings
 * any, and none for all the others.
 */
export async function action({ request, context }: ActionFunctionArgs) {
  const { shopId, shop, staffId, standing } = await requireRight(request, context, 'carts');
  const query = changesQuerySchema.safeParse(await request.json().catch(() => null));
  if (!query.success) return new Response(null, { status: 400 });
  const { named } = query.data;
  const changes = await readChanges(context.db, shopId, query.data, { ...shop, nowMs: context.clock().getTime() });
  if (named === undefined) return Response.json(changes);

  const newcomers = peopleOf(changes.rows ?? []).filter((id) => !named.includes(id));
  const view = {
    staffId,
    requestId: context.requestId,
    page: 'carts',
    purpose: 'cart-activity',
    isPoll: true,
  } as const;
  const { names } =
    newcomers.length === 0 ? { names: {} } : await readNames(context, shopId, view, standing, newcomers);
  return Response.json({ ...changes, names: standing.reveal === null ? null : names });
}

export const loader = () => new Response(null, { status: 405, headers: { allow: 'POST' } });
