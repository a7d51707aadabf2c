import { texts } from '#app/ui/texts/texts.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const JUST_NOW_MS = 10 * SECOND_MS;

/** "5 min ago" up to a day, then "21 Nov, 14:05" in the shop's time zone. A time ahead of now counts as now. */
export function formatAgo(atMs: number, nowMs: number, timeZone: string | null): string {
  const ageMs = nowMs - atMs;
  if (ageMs < JUST_NOW_MS) return texts.time.now;
  if (ageMs < MINUTE_MS) return texts.time.seconds(Math.floor(ageMs / SECOND_MS));
  if (ageMs < HOUR_MS) return texts.time.minutes(Math.floor(ageMs / MINUTE_MS));
  if (ageMs < DAY_MS) return texts.time.hours(Math.floor(ageMs / HOUR_MS));
  return formatTime(atMs, nowMs, timeZone);
}

/** "Last heard 5 s ago": counts seconds from the second on. */
export function formatHeard(atMs: number, nowMs: number, timeZone: string | null): string {
  const ageMs = Math.max(0, nowMs - atMs);
  if (ageMs < 2 * SECOND_MS) return texts.time.now;
  return ageMs < MINUTE_MS ? texts.time.seconds(Math.floor(ageMs / SECOND_MS)) : formatAgo(atMs, nowMs, timeZone);
}

/** "21 Nov, 14:05", with the year when it is not this one, in the shop's time zone. */
export function formatTime(atMs: number, nowMs: number, timeZone: string | null): string {
  const at = partsOf(atMs, timeZone);
  const isThisYear = at.year === partsOf(nowMs, timeZone).year;
  return `${at.day} ${at.month}${isThisYear ? '' : ` ${at.year}`}, ${at.hour}:${at.minute}`;
}

/** "21 Nov 2026, 14:05:09 (Europe/Berlin)": what a pointer on a time shows. */
export function formatTimeFully(atMs: number, timeZone: string | null): string {
  const { day, month, year, hour, minute, second } = partsOf(atMs, timeZone);
  return `${day} ${month} ${year}, ${hour}:${minute}:${second} (${timeZone ?? 'UTC'})`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Put together from parts: the browser's and the server's own idea of a whole date differ by version. */
function partsOf(atMs: number, timeZone: string | null) {
  const parts = formatOf(timeZone ?? 'UTC').formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((found) => found.type === type)?.value ?? '';
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = dateFormat(timeZone);
  formats.set(timeZone, format);
  return format;
}

function dateFormat(timeZone: string): Intl.DateTimeFormat {
  const fields = {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
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
