import { createHash } from 'node:crypto';

/** Where App Bridge is served from. It loads further scripts from there, so the host is what can be named. */
const APP_BRIDGE_ORIGIN = 'https://cdn.shopify.com';

/**
 * Which scripts a document of ours may run: the build's, those that carry the answer's nonce, and App Bridge. What somebody
 * manages to write into a page is none of these.
 */
export function documentScriptPolicy(nonce: string): string {
  return `script-src 'self' 'nonce-${nonce}' ${APP_BRIDGE_ORIGIN}`;
}

/**
 * The same for a page that Shopify's library wrote whole (the one that fetches a session token, the one that leads out of
 * the frame): App Bridge, and exactly the inline scripts that stand in it.
 */
export function libraryScriptPolicy(html: string): string {
  const hashes = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return ['script-src', APP_BRIDGE_ORIGIN, ...hashes].join(' ');
}

/** Adds a directive to the policy of an answer, which may have none yet. */
export function addToPolicy(headers: Headers, directive: string): void {
  const policy = headers.get('content-security-policy') ?? "frame-ancestors 'none'";
  headers.set('content-security-policy', `${policy.replace(/;?\s*$/, '')}; ${directive}`);
}
