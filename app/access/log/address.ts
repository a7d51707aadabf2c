/** Which records of the access log an address asks for. */
export interface LogQuery {
  /** Who, as in access records; `people`: everybody but the app's own work; null: all. */
  readonly actor: string | null;
  readonly purpose: string | null;
  readonly page: string | null;
  /** First and last day, YYYY-MM-DD, as the shop counts days. */
  readonly from: string | null;
  readonly to: string | null;
  /** Records older than this number. */
  readonly before: bigint | null;
}

/** Whom the page shows unless it is asked for others: what the app does by itself outnumbers what people look at. */
export const PEOPLE = 'people';
const ALL = 'all';

const WORD = /^[\w :.-]{1,80}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const NUMBER = /^[1-9]\d{0,17}$/;

/** Anything an address says that is not understood is left out, so that an old bookmark still shows something. */
export function parseLogAddress(params: URLSearchParams): LogQuery {
  const who = matching(params.get('staff'), WORD) ?? PEOPLE;
  const before = matching(params.get('before'), NUMBER);
  return {
    actor: who === ALL ? null : who,
    purpose: matching(params.get('purpose'), WORD),
    page: matching(params.get('page'), WORD),
    from: getDay(params.get('from')),
    to: getDay(params.get('to')),
    before: before === null ? null : BigInt(before),
  };
}

function matching(text: string | null, pattern: RegExp): string | null {
  return text !== null && pattern.test(text) ? text : null;
}

function getDay(text: string | null): string | null {
  const day = matching(text, DAY);
  if (day === null) return null;
  const time = Date.parse(`${day}T00:00:00Z`);
  // Date.parse lets 30 February roll over into March; written back, it shows. The database knows no year 0.
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(day) || day < '0001' ? null : day;
}
