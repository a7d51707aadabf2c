import { FRAME_KEY } from '#app/ui/frame.ts';

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
    kept = window.sessionStorage.getItem(FRAME_KEY);
  } catch {
    // A browser that lets nothing be kept.
  }
  if (kept === null) return null;
  for (const [name, value] of new URLSearchParams(kept)) address.searchParams.set(name, value);
  address.searchParams.set('embedded', '1');
  return address.pathname + address.search;
}
