/** Where the frame keeps its shop and host, as a query. */
export const FRAME_KEY = 'cart-insights.frame';

/**
 * Shopify names shop and host in the first address of the frame only. Whenever the browser loads a later one anew (after a
 * deployment Remix does so by itself) the server cannot know the shop, so the frame remembers both: no cookie, nothing of a
 * person, gone with the tab. What leads back by it is way-back.ts, which no page has to load.
 */
export function rememberFrame(): void {
  const query = new URLSearchParams(window.location.search);
  const shop = query.get('shop');
  const host = query.get('host');
  if (!shop || !host) return;
  try {
    window.sessionStorage.setItem(FRAME_KEY, new URLSearchParams({ shop, host }).toString());
  } catch {
    // A browser that lets nothing be kept: a page that is loaded anew says how to open the app.
  }
}
