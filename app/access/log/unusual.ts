/**
 * What in a day of the access log a second person should look at. Pure rules with fixed thresholds, about the use of access
 * by staff and operators. No person is rated: a finding says what happened, how often, and from which number on it is told.
 */

/** - `log-broken` is raised by verification, the others by {@link findUnusual}. */
export type ReviewRule = 'log-broken' | 'operator' | 'failed' | 'denied' | 'export' | 'volume' | 'hour' | 'first-time';

/** Everything one actor did within one hour of a day of the shop's time zone. */
export interface HourOfAccess {
  readonly actor: string;
  /** YYYY-MM-DD */
  readonly day: string;
  /** 0 to 23 */
  readonly hour: number;
  readonly views: number;
  /** People, carts and orders of which something was opened. */
  readonly opened: number;
  readonly failed: number;
  readonly denied: number;
  readonly exports: number;
  /** Number of the newest record among them. */
  readonly lastSeq: bigint;
}

export interface Finding {
  readonly rule: ReviewRule;
  readonly actor: string;
  readonly day: string;
  /** How often; what is counted depends on the rule. */
  readonly count: number;
  /** From which count on the rule tells. */
  readonly threshold: number;
  readonly lastSeq: bigint;
}

/** Days before the day in question that count as what is usual. */
export const HISTORY_DAYS = 28;

export const THRESHOLDS = {
  /** Opened on one day, at least; and at least so many times the actor's usual day. */
  volumeAtLeast: 50,
  volumeTimes: 3,
  /** Before an hour is unusual for somebody, they have been here on so many days. */
  hourAfterDays: 5,
  /** Values that did not open: one is enough, since none should. */
  failed: 1,
  /** Asked and was not allowed. */
  denied: 5,
  export: 1,
  operator: 1,
  firstTime: 1,
} as const;

/** Finds what is unusual on `day`, given that day and the {@link HISTORY_DAYS} before it. */
export function findUnusual(hours: readonly HourOfAccess[], day: string): Finding[] {
  const findings: Finding[] = [];
  for (const [actor, all] of Map.groupBy(hours, ({ actor }) => actor)) {
    const today = all.filter((hour) => hour.day === day);
    const history = all.filter((hour) => hour.day < day);
    if (today.length === 0) continue;
    const tell = (rule: ReviewRule, count: number, threshold: number, of: readonly HourOfAccess[] = today) => {
      if (count >= threshold) findings.push({ rule, actor, day, count, threshold, lastSeq: lastSeqOf(of) });
    };
    tell(
      'failed',
      sum(today, 'failed'),
      THRESHOLDS.failed,
      today.filter(({ failed }) => failed > 0),
    );
    if (actor.startsWith('operator:')) tell('operator', sum(today, 'views'), THRESHOLDS.operator);
    if (!actor.startsWith('staff:')) continue;

    tell(
      'denied',
      sum(today, 'denied'),
      THRESHOLDS.denied,
      today.filter(({ denied }) => denied > 0),
    );
    tell(
      'export',
      sum(today, 'exports'),
      THRESHOLDS.export,
      today.filter(({ exports }) => exports > 0),
    );
    if (history.length === 0) tell('first-time', 1, THRESHOLDS.firstTime);
    tell('volume', sum(today, 'opened'), volumeThreshold(history));
    const odd = unusualHours(today, history);
    tell('hour', sum(odd, 'views'), 1, odd);
  }
  return findings;
}

/** Three times the median of the days on which they worked, and never below fifty. */
function volumeThreshold(history: readonly HourOfAccess[]): number {
  const days = [...Map.groupBy(history, ({ day }) => day).values()]
    .map((hours) => sum(hours, 'opened'))
    .sort((a, b) => a - b);
  const median = days[Math.floor(days.length / 2)] ?? 0;
  return Math.max(THRESHOLDS.volumeAtLeast, THRESHOLDS.volumeTimes * median);
}

/** Hours of today that are neither one of the usual hours nor next to one. */
function unusualHours(today: readonly HourOfAccess[], history: readonly HourOfAccess[]): HourOfAccess[] {
  if (new Set(history.map(({ day }) => day)).size < THRESHOLDS.hourAfterDays) return [];
  const usual = new Set(history.flatMap(({ hour }) => [hour, (hour + 1) % 24, (hour + 23) % 24]));
  return today.filter(({ hour, views }) => views > 0 && !usual.has(hour));
}

function sum(hours: readonly HourOfAccess[], what: 'views' | 'opened' | 'failed' | 'denied' | 'exports'): number {
  return hours.reduce((total, hour) => total + hour[what], 0);
}

function lastSeqOf(hours: readonly HourOfAccess[]): bigint {
  return hours.reduce((last, { lastSeq }) => (lastSeq > last ? lastSeq : last), 0n);
}
