import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { requireRight } from '#app/access/staff.ts';
import { requestCode } from '#app/privacy/desk/request-code.ts';
import { previewPackage } from '#app/privacy/package/fetch.ts';
import { CopyPreviewPage } from '#app/ui/requests/CopyPreviewPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { shopId, staffId } = await requireRight(request, context, 'answer-requests');
  const requestId = params['id'] ?? '';
  const document = await previewPackage(context, shopId, { staffId, requestId: context.requestId }, requestId);
  if (document === null) throw new Response(null, { status: 404 });
  return { requestId, code: requestCode(requestId), document };
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Copy() {
  return <CopyPreviewPage {...useLoaderData<typeof loader>()} />;
}
