/** For pages that no search engine may list: an address that is a secret must not be found. */
export const UNLISTED = { 'x-robots-tag': 'noindex, nofollow' } as const;
export const UNLISTED_META = { name: 'robots', content: 'noindex' } as const;

/** Where the button of a link's page leads. */
export function archivePath(token: string): string {
  return `/copy/${encodeURIComponent(token)}/archive`;
}
