import type { LoaderFunctionArgs } from '@remix-run/node';

/** Addresses of Shopify's library, such as the page that fetches a session token; it answers them itself. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  await context.shopify.authenticate.admin(request);
  return null;
}
