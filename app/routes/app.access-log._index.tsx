import type { ActionFunctionArgs, HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { parseLogAddress } from '#app/access/log/address.ts';
import { readAccessLog } from '#app/access/log/page.ts';
import { submitAccessLog } from '#app/access/log/submit.ts';
import { requireRight } from '#app/access/staff.ts';
import { AccessLogPage } from '#app/ui/access-log/AccessLogPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId, shop, standing } = await requireRight(request, context, 'access-log');
  const query = parseLogAddress(new URL(request.url).searchParams);
  return readAccessLog(context, shopId, { query, self: standing.actor, timeZone: shop.timeZone });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { shopId, standing } = await requireRight(request, context, 'access-log');
  const who = { actor: standing.actor, requestId: context.requestId };
  return submitAccessLog(context, shopId, who, await request.formData());
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function AccessLog() {
  return <AccessLogPage log={useLoaderData<typeof loader>()} />;
}
