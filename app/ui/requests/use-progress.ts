import { useRevalidator } from '@remix-run/react';
import { useEffect } from 'react';

const POLL_MS = 2_000;

/** While a job works on what the page shows, the page looks again until it is done. */
export function useProgress(isUnderWay: boolean): void {
  const { revalidate, state } = useRevalidator();
  useEffect(() => {
    if (!isUnderWay || state !== 'idle') return;
    const timer = setTimeout(revalidate, POLL_MS);
    return () => clearTimeout(timer);
  }, [isUnderWay, state, revalidate]);
}
