import { setAbstractFetchFunc } from '@shopify/shopify-api/runtime';

import { AppError } from '#app/errors.ts';
import type { AppLog } from '#app/log.ts';

/** Whom every program may ask: the shops' own addresses at Shopify. `*` stands for one label. */
const SHOPIFY_HOSTS = ['*.myshopify.com'] as const;

/**
 * Whether an address is one of those the programs may ask: HTTPS, a host of the list with its usual port unless the list
 * names another, no user name in it. Without TLS only what the list names with scheme and port, such as an agent on this
 * machine.
 */
export function isAllowedOutbound(address: string | URL, hosts: readonly string[]): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host: named, hostname, port, origin, username } = new URL(address);
  if (username !== '') return false;
  if (hosts.includes(origin)) return true;
  if (protocol !== 'https:') return false;
  if (port !== '') return hosts.includes(named);
  return hosts.some((host) =>
    host.startsWith('*.')
      ? hostname.endsWith(host.slice(1)) && /^[a-z0-9][a-z0-9-]*$/.test(hostname.slice(0, -host.length + 1))
      : hostname === host,
  );
}

/**
 * A `fetch` that reaches the listed hosts and refuses every other before a connection is made. A redirect is not followed:
 * whoever answers may not name whom we ask next (ASVS 5.0, 13.2.4 and 15.3.2).
 *
 * @throws AppError `outbound.refused`, which carries no part of the address.
 */
export function guardedFetch(send: typeof fetch, hosts: readonly string[], log: AppLog): typeof fetch {
  return async (input, init) => {
    const address = input instanceof Request ? input.url : input;
    if (!isAllowedOutbound(address, hosts)) {
      log.error('outbound.refused', {});
      throw new AppError('outbound.refused');
    }
    return send(input, { redirect: 'error', ...init });
  };
}

/**
 * Holds this program to the list, for our own calls and for Shopify's library alike. For the whole process, since a
 * dependency that asks elsewhere is just what it is for.
 *
 * @param moreHosts hosts that the settings name beside Shopify's.
 */
export function guardOutbound(log: AppLog, moreHosts: readonly string[] = []): void {
  const guarded = guardedFetch(globalThis.fetch, [...SHOPIFY_HOSTS, ...moreHosts], log);
  globalThis.fetch = guarded;
  setAbstractFetchFunc(guarded);
}
