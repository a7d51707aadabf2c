import type { HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { Outlet, useLoaderData, useRouteError } from '@remix-run/react';
import { AppProvider } from '@shopify/shopify-app-remix/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { accessOf } from '#app/access/staff-access.ts';
import { requireStaff } from '#app/access/staff.ts';
import { AppFrame } from '#app/ui/AppFrame.tsx';
import { ErrorPage } from '#app/ui/errors/ErrorPage.tsx';
import { useNonce } from '#app/ui/nonce.ts';
import { getLibraryPage } from '#app/ui/errors/library-page.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const staff = await requireStaff(request, context);
  return { shop: staff.shop, isOnboarded: staff.isOnboarded, access: await accessOf(context, staff) };
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

// App Bridge stands in the head of the document (root.tsx), where Shopify wants it; `isEmbeddedApp` would only put the
// script into the body a second time.
export default function App() {
  const { shop, isOnboarded, access } = useLoaderData<typeof loader>();
  return (
    <AppProvider apiKey="" isEmbeddedApp={false}>
      <AppFrame shop={shop} access={access} isOnboarded={isOnboarded}>
        <Outlet />
      </AppFrame>
    </AppProvider>
  );
}

export function ErrorBoundary() {
  const error = useRouteError();
  const nonce = useNonce();
  return (
    getLibraryPage(error, nonce) ?? (
      <AppProvider apiKey="" isEmbeddedApp={false}>
        <main>
          <ErrorPage error={error} />
        </main>
      </AppProvider>
    )
  );
}
