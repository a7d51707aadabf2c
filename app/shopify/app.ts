import '@shopify/shopify-app-remix/adapters/node';
import { AppDistribution, LogSeverity, shopifyApp } from '@shopify/shopify-app-remix/server';

import type { AppLog } from '#app/log.ts';
import { API_VERSION } from '#app/shopify/api-version.ts';
import type { SealedSessionStorage } from '#app/shopify/session-storage.ts';

export interface ShopifySettings {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Only its origin matters. */
  readonly appUrl: string;
}

/**
 * Shopify's own library, set up for an embedded app of the App Store: session tokens are exchanged for access tokens,
 * online ones for the staff member at the screen and expiring offline ones for the jobs. Scopes stand in
 * shopify.app.toml, since Shopify manages the installation.
 *
 * There is no `afterAuth` hook on purpose: it runs after the tokens are stored, after every exchange, and not at all when
 * the program ends in between. The session storage records the installation in the transaction that stores the token.
 */
export function createShopify(
  settings: ShopifySettings,
  { sessionStorage, log }: { readonly sessionStorage: SealedSessionStorage; readonly log: AppLog },
) {
  return shopifyApp({
    apiKey: settings.apiKey,
    apiSecretKey: settings.apiSecret,
    apiVersion: API_VERSION,
    appUrl: settings.appUrl,
    authPathPrefix: '/auth',
    sessionStorage,
    distribution: AppDistribution.AppStore,
    useOnlineTokens: true,
    logger: {
      // The debug level prints session tokens: it is out of reach whatever LOG_LEVEL says.
      level: LogSeverity.Info,
      log: (severity, message) => {
        writeLibraryMessage(log, severity, message);
      },
    },
    future: { unstable_newEmbeddedAuthStrategy: true, expiringOfflineAccessTokens: true },
  });
}

export type Shopify = ReturnType<typeof createShopify>;

/** The library writes context behind the message ("… | {shop: x, destination: y}"): what a request brought stays out of our log. */
function writeLibraryMessage(log: AppLog, severity: LogSeverity, message: string): void {
  const text = message.replace(/ \| \{.*$/s, '');
  if (severity === LogSeverity.Error) log.error('shopify.library', { text });
  else if (severity === LogSeverity.Warning) log.warn('shopify.library', { text });
  // One line for every request of every open page.
  else log.debug('shopify.library', { text });
}
