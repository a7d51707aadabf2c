import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useLocation,
  useRouteError,
  useRouteLoaderData,
} from '@remix-run/react';
import polarisStyles from '@shopify/polaris/build/esm/styles.css?url';
import type { ReactNode } from 'react';

import { PlainPage } from '#app/ui/errors/PlainPage.tsx';
import { useNonce } from '#app/ui/nonce.ts';
import icon from '#app/ui/images/icon.svg?url';
import styles from '#app/ui/styles.css?url';
import { texts } from '#app/ui/texts/texts.ts';

const APP_BRIDGE = 'https://cdn.shopify.com/shopifycloud/app-bridge.js';

export const links: LinksFunction = () => [
  { rel: 'stylesheet', href: polarisStyles },
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: icon, type: 'image/svg+xml' },
];

const { appName, nav } = texts;
/** What a part of the address is called. Never more than that: a title stays in the browser's history. */
const AREAS: Readonly<Record<string, string>> = {
  carts: nav.carts,
  customers: nav.customers,
  requests: nav.requests,
  'access-log': nav.accessLog,
  agreement: nav.agreement,
  retention: nav.retention,
  roles: nav.roles,
};

export const meta: MetaFunction = ({ location }) => {
  const parts = location.pathname.split('/');
  const area = Object.entries(AREAS).find(([part]) => parts.includes(part))?.[1];
  return [{ title: area === undefined ? appName : `${area} · ${appName}` }];
};

export const loader = ({ context }: LoaderFunctionArgs) => ({ apiKey: context.settings.apiKey });

/** The API key does not change while the page is open. */
export const shouldRevalidate = () => false;

export function Layout({ children }: { readonly children: ReactNode }) {
  const nonce = useNonce();
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <AppBridgeScript />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

/**
 * Shopify wants App Bridge to be the first script of an embedded page, and neither async nor deferred. Pages outside
 * the admin must not have it: it would try to lead them back in.
 */
function AppBridgeScript() {
  const data = useRouteLoaderData<typeof loader>('root');
  const isEmbedded = useLocation().pathname.startsWith('/app');
  if (data === undefined || !isEmbedded) return null;
  return (
    <>
      <meta name="shopify-api-key" content={data.apiKey} />
      <script src={APP_BRIDGE} />
    </>
  );
}

export default function Root() {
  return <Outlet />;
}

export function ErrorBoundary() {
  const error = useRouteError();
  const isMissing = isRouteErrorResponse(error) && error.status === 404;
  const { notFoundTitle, notFoundBody, title, body } = texts.errors;
  return isMissing ? (
    <PlainPage title={notFoundTitle} body={notFoundBody} />
  ) : (
    <PlainPage title={title} body={body} hasRetry />
  );
}
