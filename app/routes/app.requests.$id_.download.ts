import type { ActionFunctionArgs } from '@remix-run/node';

import { requireRight } from '#app/access/staff.ts';
import { archiveOf } from '#app/privacy/package/files/archive.ts';
import { fetchPackage } from '#app/privacy/package/fetch.ts';

/** The archive of a copy: once, to somebody who may, never by an address alone. */
export async function action({ request, context, params }: ActionFunctionArgs) {
  const { shopId, staffId } = await requireRight(request, context, 'answer-requests');
  const view = { staffId, requestId: context.requestId };
  const document = await fetchPackage(context, shopId, view, params['id'] ?? '');
  if (document === null) throw new Response(null, { status: 404 });
  return new Response(archiveOf(document), {
    headers: { 'content-type': 'application/zip', 'content-disposition': 'attachment; filename="copy.zip"' },
  });
}
