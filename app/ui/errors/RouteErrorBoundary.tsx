import { useRouteError } from '@remix-run/react';

import { ErrorPage } from '#app/ui/errors/ErrorPage.tsx';
import { useNonce } from '#app/ui/nonce.ts';
import { getLibraryPage } from '#app/ui/errors/library-page.tsx';

/** What a page inside the frame exports as its `ErrorBoundary`: menu and frame stay, the page says what is the matter. */
export function RouteErrorBoundary() {
  const error = useRouteError();
  const nonce = useNonce();
  return getLibraryPage(error, nonce) ?? <ErrorPage error={error} />;
}
