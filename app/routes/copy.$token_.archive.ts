import type { ActionFunctionArgs } from '@remix-run/node';

import { archiveOf } from '#app/privacy/package/files/archive.ts';
import { fetchByLink } from '#app/privacy/package/links.ts';
import { UNLISTED } from '#app/ui/requests/copy-link.ts';
import { noCopyHtml } from '#app/ui/requests/public-html.ts';

const HEADERS = { ...UNLISTED, 'cache-control': 'no-store' };

/** The archive of a copy: once, to whoever has the link. Every link that gives nothing gets one and the same answer. */
export async function action({ context, params }: ActionFunctionArgs) {
  await context.limits.visitor(context.clientAddress);
  const document = await fetchByLink(context, params['token'] ?? '', context.requestId);
  if (document === null) {
    const headers = { ...HEADERS, 'content-type': 'text/html; charset=utf-8' };
    return new Response(noCopyHtml(), { status: 404, headers });
  }
  return new Response(archiveOf(document), {
    headers: {
      ...HEADERS,
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="copy.zip"',
    },
  });
}

/** Looking at the address uses nothing up. */
export const loader = () => new Response(null, { status: 405, headers: { ...HEADERS, allow: 'POST' } });
