import type { DeskRow } from '#app/privacy/desk/list.ts';
import { requests } from '#app/ui/texts/requests.ts';

const DAY_MS = 86_400_000;
const WARN_DAYS = 10;
const URGENT_DAYS = 3;

/** How much time is left, in words and as a badge's tone. Null for a request that is closed. */
export function dueBadge(
  { state, dueAtMs, finishedAtMs }: Pick<DeskRow, 'state' | 'dueAtMs' | 'finishedAtMs'>,
  nowMs: number,
): { readonly text: string; readonly tone: 'success' | 'attention' | 'warning' | 'critical' | 'info' } | null {
  if (finishedAtMs !== null) return null;
  const leftMs = dueAtMs - nowMs;
  if (leftMs < 0) return { text: requests.overdue(Math.max(1, Math.ceil(-leftMs / DAY_MS))), tone: 'critical' };
  const days = Math.floor(leftMs / DAY_MS);
  if (state === 'paused') return { text: requests.onHold, tone: 'info' };
  const tone = days <= URGENT_DAYS ? 'warning' : days <= WARN_DAYS ? 'attention' : 'success';
  return { text: requests.daysLeft(days), tone };
}
