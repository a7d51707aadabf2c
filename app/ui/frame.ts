/**
 * Shopify names shop and host in the first address of the frame only. Whenever the browser loads a later one anew (after a
 * deployment Remix does so by itself) the server cannot know the shop, so the frame remembers both: no cookie, nothing of a
 * person, gone with the tab.
 */
const NAMES = ['shop', 'host'];
const KEY = 'cart-insights.frame';

/** Keeps what the address names, if it names both. */
export function rememberFrame(): void {
  const query = new URLSearchParams(window.location.search);
  const named = NAMES.map((name) => [name, query.get(name) ?? '']);
  if (named.some(([, value]) => value === '')) return;
  try {
    window.sessionStorage.setItem(KEY, new URLSearchParams(named).toString());
  } catch {
    // A browser that lets nothing be kept: a page that is loaded anew says how to open the app.
  }
}

/**
 * A page of the app with what an embedded page needs in its address; null when this frame has remembered nothing, or the
 * address had it already and was sent away all the same.
 *
 * @param to path and query, as whoever sent the browser here claims: only pages of the app are led to.
 */
export function addressInFrame(to: string | null): string | null {
  if (to === null || !URL.canParse(to, window.location.origin)) return null;
  const address = new URL(to, window.location.origin);
  const isPage = address.pathname === '/app' || address.pathname.startsWith('/app/');
  if (address.origin !== window.location.origin || !isPage || address.searchParams.has('host')) return null;
  let kept: string | null = null;
  try {
    kept = window.sessionStorage.getItem(KEY);
  } catch {
    // As above.
  }
  if (kept === null) return null;
  for (const [name, value] of new URLSearchParams(kept)) address.searchParams.set(name, value);
  address.searchParams.set('embedded', '1');
  return address.pathname + address.search;
}
