import { formatAgo, formatTimeFully } from '#app/ui/format/time.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';

/** A moment as people say it, with the exact one on the pointer and for machines. */
export function TimeAgo({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }) {
  const { timeZone } = useShopDisplay();
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatTimeFully(atMs, timeZone)}>
      {formatAgo(atMs, nowMs, timeZone)}
    </time>
  );
}
