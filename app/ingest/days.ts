import { dayContext } from '#app/ingest/day-keys.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import { newSecret } from '#app/vault/subject-keys.ts';

const DAY_MS = 86_400_000;
/** Webhooks may be up to 48 hours late by their trigger time and still keep their own day. */
const DAYS_BACK = 2;
/** Days are open this long ahead, so that a stopped schedule harms nobody for a week. */
const DAYS_AHEAD = 7;
/** Days kept, today included: what a day holds goes, with its secret, a week after the day began at the latest. */
export const DAYS_KEPT = 7;

/** Runs SQL as `ci_maintenance`. */
export type MaintenanceQuery = (sql: string, params: readonly unknown[]) => Promise<unknown>;

let latest = { number: NaN, day: '' };

/** The UTC day of an instant, YYYY-MM-DD. Asked for every webhook, nearly always about the same day. */
export function dayOf(time: Date): string {
  const number = Math.floor(time.getTime() / DAY_MS);
  if (number !== latest.number) latest = { number, day: time.toISOString().slice(0, 10) };
  return latest.day;
}

/** Opens the inbox's days around `now` that are not open yet, each with a partition and a secret. Any number may do it at once. */
export async function openDays(query: MaintenanceQuery, keyring: Keyring, now: Date): Promise<void> {
  for (let offset = -DAYS_BACK; offset <= DAYS_AHEAD; offset += 1) {
    const day = dayOf(new Date(now.getTime() + offset * DAY_MS));
    const { kekId, wrapped } = await keyring.wrap(newSecret(), dayContext(day));
    await query('SELECT inbox.open_day($1::date, $2, $3)', [day, kekId, wrapped]);
  }
}

/** Drops the days that are past their time, and with them every payload that could not be applied. */
export async function closeDays(query: MaintenanceQuery, now: Date): Promise<void> {
  const before = dayOf(new Date(now.getTime() - (DAYS_KEPT - 1) * DAY_MS));
  await query('SELECT inbox.close_days($1::date)', [before]);
}
