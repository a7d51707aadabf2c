const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

/** The day it is in the shop, as a date field has it. */
export function dayOf(at: Date, timeZone: string | null): string {
  return new Date(wallClockMs(at.getTime(), timeZone)).toISOString().slice(0, 10);
}

/** Noon of a day in the shop; null for what is no day. */
export function noonOf(day: string, timeZone: string | null): Date | null {
  const noonMs = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T12:00:00Z`) : NaN;
  // 31 February is read as a day of March.
  if (Number.isNaN(noonMs) || new Date(noonMs).toISOString().slice(0, 10) !== day) return null;
  // No clock anywhere is changed at noon, so the difference of the zone holds for it.
  return new Date(noonMs - (wallClockMs(noonMs, timeZone) - noonMs));
}

/** What a clock in the zone shows then, as if it were one of UTC. */
function wallClockMs(atMs: number, timeZone: string | null): number {
  const parts = formatOf(timeZone ?? 'UTC').formatToParts(atMs);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = PARTS.map((type) =>
    Number(parts.find((part) => part.type === type)?.value),
  );
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const fields = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...fields, timeZone });
  } catch {
    // A zone this machine does not know yet.
    return new Intl.DateTimeFormat('en-US', { ...fields, timeZone: 'UTC' });
  }
}
