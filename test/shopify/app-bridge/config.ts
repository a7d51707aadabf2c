const FROM_URL = ['shop', 'host', 'locale'] as const;
type Known = Partial<Record<(typeof FROM_URL)[number], string>>;

const STORED = 'shopify-stand-in';
const QUERY_OF_SHOPIFY = ['embedded', 'hmac', 'host', 'id_token', 'locale', 'session', 'shop', 'timestamp'];

/** Shop and host stand in the first URL only; later pages of the same tab remember them. */
function remember(): Known {
  const query = new URLSearchParams(window.location.search);
  const known = JSON.parse(window.sessionStorage.getItem(STORED) ?? '{}') as Known;
  for (const name of FROM_URL) {
    const value = query.get(name);
    if (value) known[name] = value;
  }
  window.sessionStorage.setItem(STORED, JSON.stringify(known));
  return known;
}

const apiKey =
  document.currentScript?.getAttribute('data-api-key') ??
  document.querySelector('meta[name="shopify-api-key"]')?.getAttribute('content') ??
  '';

export const config = { apiKey, locale: 'en', ...remember() };

/** The app's own part of an address, without what Shopify adds. */
export function appPath(): string {
  const url = new URL(window.location.href);
  for (const name of QUERY_OF_SHOPIFY) url.searchParams.delete(name);
  return url.pathname + url.search;
}
