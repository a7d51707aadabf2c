import type { LoaderFunctionArgs } from '@remix-run/node';

import { addToPolicy, libraryScriptPolicy } from '#app/web/script-policy.ts';

/** Addresses of Shopify's library, such as the page that fetches a session token; it answers them itself. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  try {
    await context.shopify.authenticate.admin(request);
  } catch (thrown) {
    if (thrown instanceof Response && thrown.headers.get('content-type')?.startsWith('text/html') === true) {
      throw await withScriptPolicy(thrown);
    }
    throw thrown;
  }
  return null;
}

async function withScriptPolicy(page: Response): Promise<Response> {
  const html = await page.text();
  const headers = new Headers(page.headers);
  addToPolicy(headers, libraryScriptPolicy(html));
  return new Response(html, { status: page.status, headers });
}
