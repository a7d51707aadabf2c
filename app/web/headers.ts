/** Remix's list of routes for the browser: code, no data, and its address changes with every build. */
const CACHEABLE_PATHS = new Set(['/__manifest']);

/** Shopify admin may frame the page whichever shop it is for. */
export const FRAMED_BY_ADMIN = 'frame-ancestors https://admin.shopify.com https://*.myshopify.com';

/**
 * Adds what every answer of the app carries. A page that Shopify's library has prepared for a shop names who may frame
 * it (the shop and Shopify admin), and so does the login page, which a frame that has lost its shop is sent to; any other
 * page may be framed by nobody.
 */
export function secureHeaders(headers: Headers, { pathname, protocol }: { pathname: string; protocol: string }): void {
  const framing = headers.get('content-security-policy') ?? "frame-ancestors 'none';";
  headers.set('content-security-policy', withDirectives(framing));
  headers.set('x-content-type-options', 'nosniff');
  // The address of an embedded page carries a session token: nobody else may learn more than our origin.
  headers.set('referrer-policy', 'strict-origin');
  headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
  headers.set('cross-origin-resource-policy', 'same-origin');
  if (protocol === 'https:') headers.set('strict-transport-security', 'max-age=31536000');
  if (!(CACHEABLE_PATHS.has(pathname) && headers.has('cache-control'))) headers.set('cache-control', 'no-store');
}

/** Directives that every page can live with are added, unless the page has said something of its own. */
function withDirectives(policy: string): string {
  const wanted = { 'base-uri': "'self'", 'object-src': "'none'", 'form-action': "'self'" };
  const present = new Set(policy.split(';').map((directive) => directive.trim().split(/\s/, 1)[0]));
  const missing = Object.entries(wanted).filter(([name]) => !present.has(name));
  return [policy.replace(/;?\s*$/, ''), ...missing.map(([name, value]) => `${name} ${value}`)].join('; ');
}
