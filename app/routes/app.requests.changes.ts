import type { LoaderFunctionArgs } from '@remix-run/node';

import { requireRight } from '#app/access/staff.ts';
import { placeOf } from '#app/privacy/desk/list.ts';
import { readDeskStamp, readRequestStamp } from '#app/privacy/desk/stamp.ts';

/** Whether the list, or one request, is still as it was shown: asked again and again, and opens nothing. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId } = await requireRight(request, context, 'requests');
  const { searchParams } = new URL(request.url);
  const id = searchParams.get('id');
  const stamp =
    id === null
      ? await readDeskStamp(context, shopId, placeOf(searchParams))
      : await readRequestStamp(context, shopId, id);
  return stamp === null ? new Response(null, { status: 404 }) : Response.json({ stamp });
}
