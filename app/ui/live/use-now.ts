import { useEffect, useState } from 'react';

/**
 * The time by the server's clock, moving on every `stepMs`. Starts with the server's own figure, so that the first
 * render in the browser equals the server's.
 */
export function useNow(serverNowMs: number, stepMs: number): number {
  const [nowMs, setNowMs] = useState(serverNowMs);
  useEffect(() => {
    const aheadMs = serverNowMs - Date.now();
    const timer = setInterval(() => setNowMs(Date.now() + aheadMs), stepMs);
    return () => clearInterval(timer);
  }, [serverNowMs, stepMs]);
  return Math.max(nowMs, serverNowMs);
}
