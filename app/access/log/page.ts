import { v7 as uuidv7 } from 'uuid';

import { type LogQuery, PEOPLE } from '#app/access/log/address.ts';
import { type CheckResult, readCheck } from '#app/access/log/check.ts';
import { listAccessRecords, listActors, type LogRow, RECORDS_PER_PAGE } from '#app/access/log/list.ts';
import { type LooksByDay, readLooksByDay } from '#app/access/log/looks-by-day.ts';
import { type LogActor, nameActors } from '#app/access/log/names.ts';
import { listReviews, type Review } from '#app/access/log/review.ts';
import { writeAccessRecord } from '#app/access/record.ts';
import { CSV_START, csvLine } from '#app/csv.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';

export interface LogServices {
  readonly db: Database;
  readonly keyStore: KeyStore;
  readonly clock: () => Date;
}

/** The Access log page. */
export interface AccessLogView {
  readonly nowMs: number;
  /** Who looks, as in access records: nobody signs off what is about themselves. */
  readonly self: string;
  readonly check: CheckResult | null;
  readonly reviews: readonly Review[];
  readonly looks: LooksByDay;
  readonly rows: readonly LogRow[];
  /** Everybody the log knows, for the filter and for the names in the rows. */
  readonly actors: readonly LogActor[];
  /** Ends the next page; null when this is the last one. */
  readonly olderThan: number | null;
  readonly isFirstPage: boolean;
  readonly isFiltered: boolean;
}

export function readAccessLog(
  { db, keyStore, clock }: LogServices,
  shopId: string,
  { query, self, timeZone }: { readonly query: LogQuery; readonly self: string; readonly timeZone: string | null },
): Promise<AccessLogView> {
  return withShop(db, shopId, async (tx) => {
    const found = await listAccessRecords(tx, shopId, query, { timeZone, atMost: RECORDS_PER_PAGE + 1 });
    const rows = found.slice(0, RECORDS_PER_PAGE);
    const { before, actor, ...filters } = query;
    return {
      nowMs: clock().getTime(),
      self,
      check: await readCheck(tx, shopId),
      reviews: await listReviews(tx, shopId),
      looks: await readLooksByDay(tx, shopId, { timeZone, now: clock() }),
      rows,
      actors: await nameActors(tx, keyStore, shopId, await listActors(tx, shopId)),
      olderThan: found.length > RECORDS_PER_PAGE ? (rows.at(-1)?.seq ?? null) : null,
      isFirstPage: before === null,
      isFiltered: actor !== PEOPLE || Object.values(filters).some((filter) => filter !== null),
    };
  });
}

/** A file holds at most so many records, the newest; a shorter period gives the rest. */
const EXPORTED_AT_MOST = 50_000;
const BATCH = 5_000;

const COLUMNS = 'number,time_utc,who,purpose,page,outcome,reason,fields,people,subjects,values,sha256';

/**
 * The records that a query asks for as CSV. That they were taken away, how many and by whom, is on record before the file is given
 * out; if it cannot be, nothing is.
 */
export function exportAccessLog(
  { db, keyStore, clock }: LogServices,
  shopId: string,
  { query, self, timeZone }: { readonly query: LogQuery; readonly self: string; readonly timeZone: string | null },
): Promise<string> {
  return withShop(db, shopId, async (tx) => {
    const names = new Map(
      (await nameActors(tx, keyStore, shopId, await listActors(tx, shopId))).map(({ actor, name, code }) => [
        actor,
        name ?? code,
      ]),
    );
    let csv = `${CSV_START}${COLUMNS}\r\n`;
    let count = 0;
    for (let before = query.before; count < EXPORTED_AT_MOST;) {
      const rows = await listAccessRecords(tx, shopId, { ...query, before }, { timeZone, atMost: BATCH });
      for (const row of rows) csv += lineOf(row, names.get(row.actor) ?? row.actor);
      count += rows.length;
      const last = rows.at(-1);
      if (last === undefined || rows.length < BATCH) break;
      before = BigInt(last.seq);
    }
    await writeAccessRecord(tx, shopId, {
      at: clock(),
      actor: self,
      purpose: 'security',
      page: 'access-log-export',
      fields: ['app.access_records'],
      subjects: [],
      valueCount: count,
      requestId: uuidv7(),
      outcome: 'done',
    });
    return csv;
  });
}

function lineOf(row: LogRow, who: string): string {
  return csvLine([
    row.seq,
    new Date(row.atMs).toISOString(),
    who,
    row.purpose,
    row.page,
    row.outcome,
    row.reason,
    row.fields.join(' '),
    row.people,
    row.subjects,
    row.values,
    row.hash,
  ]);
}
