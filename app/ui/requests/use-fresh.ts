import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';

import type { Liveness } from '#app/ui/live/use-changes.ts';

const ASK_EVERY_MS = 3_000;
const SLOWEST_MS = 30_000;
const TIMEOUT_MS = 10_000;

/**
 * Keeps a page of requests as it is by now: asks whether it still is what was shown, and only if not, reads it again. A page
 * that nobody sees asks nothing, and at once when it is seen again. A question that is not answered changes nothing on the page.
 *
 * @param question what is shown, as the route of changes wants it.
 * @param stamp of what is shown.
 */
export function useFresh(question: string, stamp: string): Liveness {
  const { revalidate } = useRevalidator();
  const [liveness, setLiveness] = useState<Liveness>('live');
  const shown = useRef(stamp);
  shown.current = stamp;
  useEffect(() => {
    let failures = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const gone = new AbortController();
    const ask = async () => {
      const answer = await fetchStamp(question, gone.signal);
      if (gone.signal.aborted) return;
      failures = answer.stamp === null ? failures + 1 : 0;
      setLiveness(answer.liveness);
      if (answer.stamp !== null && answer.stamp !== shown.current) revalidate();
      wait();
    };
    const wait = () => {
      clearTimeout(timer);
      if (document.hidden) return;
      timer = setTimeout(() => void ask(), Math.min(SLOWEST_MS, ASK_EVERY_MS * 2 ** failures));
    };
    const askNow = () => {
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(() => void ask(), 0);
    };
    const loseTouch = () => setLiveness('trying');
    wait();
    document.addEventListener('visibilitychange', askNow);
    window.addEventListener('focus', askNow);
    window.addEventListener('online', askNow);
    window.addEventListener('offline', loseTouch);
    return () => {
      gone.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', askNow);
      window.removeEventListener('focus', askNow);
      window.removeEventListener('online', askNow);
      window.removeEventListener('offline', loseTouch);
    };
  }, [question, revalidate]);
  return liveness;
}

interface Answer {
  readonly liveness: Liveness;
  readonly stamp: string | null;
}
const UNANSWERED: Answer = { liveness: 'trying', stamp: null };

/** App Bridge fetches a token before the request starts, and may wait for it for ever: so the clock is our own. */
function fetchStamp(question: string, signal: AbortSignal): Promise<Answer> {
  const patience = new Promise<Answer>((resolve) => setTimeout(() => resolve(UNANSWERED), TIMEOUT_MS));
  return Promise.race([askServer(question, signal), patience]);
}

async function askServer(question: string, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(`/app/requests/changes?${question}`, { signal });
    if (response.status === 401 || response.status === 403) return { liveness: 'signed-out', stamp: null };
    const isAnswer = response.ok && response.headers.get('content-type')?.startsWith('application/json') === true;
    if (!isAnswer) return UNANSWERED;
    const { stamp } = (await response.json()) as { stamp: string };
    return { liveness: 'live', stamp };
  } catch {
    return UNANSWERED;
  }
}
