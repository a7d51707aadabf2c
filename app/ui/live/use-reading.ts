import { useEffect, useRef, type RefObject } from 'react';

/** After this long without a sign of somebody, the page may move. */
const QUIET_MS = 10_000;
/** Scrolled further than this, rows put in at the top would push what is being read. */
const TOP_PX = 80;

/**
 * Whether somebody reads the element just now: the pointer rests on it, the focus is inside, the page is scrolled down,
 * or somebody moved, touched or typed within the last ten seconds. While that is so, nothing may move.
 */
export function useReading(element: RefObject<HTMLElement>): () => boolean {
  const lastSignMs = useRef(0);
  useEffect(() => {
    const sign = () => {
      lastSignMs.current = Date.now();
    };
    const signs = ['pointermove', 'pointerdown', 'wheel', 'touchmove', 'keydown'] as const;
    for (const name of signs) window.addEventListener(name, sign, { passive: true });
    return () => {
      for (const name of signs) window.removeEventListener(name, sign);
    };
  }, []);
  return () =>
    window.scrollY > TOP_PX ||
    Date.now() - lastSignMs.current < QUIET_MS ||
    element.current?.matches(':hover, :focus-within') === true;
}
