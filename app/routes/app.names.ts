import type { ActionFunctionArgs } from '@remix-run/node';

import { endReveal, getRevealPurpose, startReveal } from '#app/access/reveal.ts';
import { requireRight } from '#app/access/staff.ts';
import { withShop } from '#app/data/with-shop.ts';

/** Shows or hides names for whoever asks. Nothing is opened here: the pages are loaded again, and open through the gate. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { shopId, standing } = await requireRight(request, context, 'people');
  const { memberId } = standing;
  if (memberId === null) return new Response(null, { status: 403 });
  const form = await request.formData();
  if (form.get('intent') === 'hide') {
    await withShop(context.db, shopId, (tx) => endReveal(tx, shopId, memberId));
    return { ok: true };
  }
  const purpose = getRevealPurpose(form.get('purpose'));
  if (form.get('intent') !== 'show' || purpose === null) return new Response(null, { status: 400 });
  await withShop(context.db, shopId, (tx) => startReveal(tx, shopId, { memberId, purpose, at: context.clock() }));
  return { ok: true };
}

export const loader = () => new Response(null, { status: 405, headers: { allow: 'POST' } });
