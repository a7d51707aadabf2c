import { isRouteErrorResponse } from '@remix-run/react';
import type { ReactElement } from 'react';

/**
 * A page of Shopify's library that came the way of an error: it throws Responses whose body is a script for App Bridge,
 * and relies on the app to print it. Errors proper (400 and above) are never printed: we have pages for those.
 *
 * @param nonce of the document the page is printed in.
 * @returns null when the error is none of these.
 */
export function getLibraryPage(error: unknown, nonce: string | undefined): ReactElement | null {
  if (!isRouteErrorResponse(error) || error.status >= 400 || typeof error.data !== 'string') return null;
  // Its scripts are ours to let run: it is the library's text, not a visitor's.
  const html = nonce === undefined ? error.data : error.data.replaceAll('<script', `<script nonce="${nonce}"`);
  return <div dangerouslySetInnerHTML={{ __html: html }} />;
}
