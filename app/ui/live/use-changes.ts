import { useEffect, useRef, useState } from 'react';

import type { Changes as CartChanges } from '#app/carts/changes.ts';
import type { PersonNames } from '#app/customers/names.ts';
import { pollDelayMs } from '#app/ui/live/delay.ts';

/** What is asked of the route of changes; see `changesQuerySchema`. */
export interface ChangesRequest {
  readonly revision: string;
  readonly shown: readonly string[];
  /** Present when the page shows names; filled in with the people it has. */
  readonly named?: readonly string[];
  readonly list?: { readonly view: string; readonly code: string | null; readonly top: string | null };
}

/** The answer; with names where they were asked for, null where they are hidden meanwhile. */
export interface Changes extends CartChanges {
  readonly names?: PersonNames | null;
}

/** `trying`: the last question was not answered. `signed-out`: it was refused, and App Bridge could not help. */
export type Liveness = 'live' | 'trying' | 'signed-out' | 'paused';

export interface LiveChanges {
  readonly liveness: Liveness;
  /** The newest answer to the present question; null until the first. */
  readonly changes: Changes | null;
  /** The newest answer that told of changed rows. Stays while later answers say that nothing happened since. */
  readonly news: Changes | null;
}

const ADDRESS = '/app/carts/changes';
const TIMEOUT_MS = 10_000;

/**
 * Asks again and again what has changed, while the page is visible: App Bridge adds the session token to every fetch.
 * A page that was hidden, or a machine that was offline, asks at once when it is back.
 *
 * @param question what the page shows; a new object starts over.
 * @param namedNow whose names the page has at the moment of asking.
 */
export function useChanges(
  question: ChangesRequest,
  isPaused: boolean,
  namedNow: () => readonly string[] = () => [],
): LiveChanges {
  const [state, setState] = useState<LiveChanges & { readonly question: ChangesRequest }>(() => ({
    question,
    liveness: 'live',
    changes: null,
    news: null,
  }));
  const revision = useRef(question.revision);

  useEffect(() => {
    if (isPaused) return;
    revision.current = question.revision;
    let failures = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const gone = new AbortController();

    const ask = async () => {
      const named = question.named === undefined ? {} : { named: namedNow() };
      const answer = await fetchChanges({ ...question, ...named, revision: revision.current }, gone.signal);
      if (gone.signal.aborted) return;
      if (typeof answer === 'string') {
        failures += 1;
        setState((last) => ({ ...last, liveness: answer }));
      } else {
        failures = 0;
        revision.current = answer.revision;
        setState((last) => ({
          question,
          liveness: 'live',
          changes: answer,
          news: answer.rows === null ? (last.question === question ? last.news : null) : answer,
        }));
      }
      wait();
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), pollDelayMs({ isHidden: document.hidden, failures }));
    };
    const askSoon = () => {
      if (document.hidden) return;
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), 0);
    };

    const loseTouch = () => setState((last) => ({ ...last, liveness: 'trying' }));

    wait();
    window.addEventListener('offline', loseTouch);
    document.addEventListener('visibilitychange', askSoon);
    window.addEventListener('online', askSoon);
    return () => {
      gone.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', askSoon);
      window.removeEventListener('online', askSoon);
      window.removeEventListener('offline', loseTouch);
    };
  }, [question, isPaused]);

  const isCurrent = state.question === question;
  return {
    liveness: isPaused ? 'paused' : state.liveness,
    changes: isCurrent ? state.changes : null,
    news: isCurrent ? state.news : null,
  };
}

type Answer = Changes | 'trying' | 'signed-out';

/** App Bridge fetches a token before the request starts, and may wait for it for ever: so the clock is our own. */
function fetchChanges(question: ChangesRequest, signal: AbortSignal): Promise<Answer> {
  const patience = new Promise<Answer>((resolve) => setTimeout(() => resolve('trying'), TIMEOUT_MS));
  return Promise.race([askServer(question, signal), patience]);
}

async function askServer(question: ChangesRequest, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(ADDRESS, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
      signal,
    });
    if (response.status === 401 || response.status === 403) return 'signed-out';
    const isAnswer = response.ok && response.headers.get('content-type')?.startsWith('application/json') === true;
    return isAnswer ? ((await response.json()) as Changes) : 'trying';
  } catch {
    return 'trying';
  }
}
