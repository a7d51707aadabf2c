import { useRevalidator } from '@remix-run/react';
import { useEffect, useState } from 'react';

import type { ActiveReveal } from '#app/access/reveal.ts';
import type { ShownNames } from '#app/customers/names.ts';

/** What a page shows of names, and until when: as it came, until the time is up. */
export interface Reveal extends ShownNames {
  /** By the browser's clock; null when names are hidden. */
  readonly endsAtMs: number | null;
}

const HIDDEN = { reveal: null, isMasked: false, names: {}, endsAtMs: null } as const;

/**
 * Takes names off the page when their time is up, without asking anybody: a page that lies open on a desk hides them by
 * itself, also when it is offline. A tab that was asleep looks at the clock when it wakes.
 */
export function useReveal(shown: ShownNames, serverNowMs: number): Reveal {
  const { reveal } = shown;
  const [over, setOver] = useState<ActiveReveal | null>(null);
  const [endsAtMs, setEndsAtMs] = useState<number | null>(null);
  const { revalidate } = useRevalidator();

  useEffect(() => {
    if (reveal === null) return;
    const endsAt = Date.now() + (reveal.endsAtMs - serverNowMs);
    setEndsAtMs(endsAt);
    const look = () => {
      if (Date.now() < endsAt) return;
      setOver(reveal);
      revalidate();
    };
    const timer = setTimeout(look, endsAt - Date.now());
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [reveal?.endsAtMs, reveal?.purpose, serverNowMs]);

  return reveal === null || over?.endsAtMs === reveal.endsAtMs ? HIDDEN : { ...shown, endsAtMs };
}
