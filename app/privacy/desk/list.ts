import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop, type Database, type ShopTx } from '#app/data/with-shop.ts';
import { requestCode } from '#app/privacy/desk/request-code.ts';
import { listNotices } from '#app/privacy/notices/notices.ts';
import { CLOSED, OPEN, type RequestState } from '#app/privacy/requests/states.ts';
import type { Regime, RequestKind, RequestSource } from '#app/privacy/requests/kinds.ts';

/** A request in the list, ready to travel as JSON. Nothing in it says whom it is about. */
export interface DeskRow {
  readonly id: string;
  readonly code: string;
  readonly kind: RequestKind;
  readonly source: RequestSource;
  readonly regime: Regime;
  readonly state: RequestState;
  readonly receivedAtMs: number;
  readonly dueAtMs: number;
  readonly finishedAtMs: number | null;
  /** An erasure that waits until the same person has the copy they asked for. */
  readonly isWaiting: boolean;
}

export type DeskView = 'open' | 'done';

/** The Requests page: one page of the rows of one view, how many are in each, and what the privacy contact was told. */
export interface DeskList {
  readonly view: DeskView;
  readonly rows: readonly DeskRow[];
  readonly counts: Readonly<Record<DeskView, number>>;
  /** From 1. */
  readonly page: number;
  readonly hasNext: boolean;
  readonly notices: readonly DeskNotice[];
  readonly nowMs: number;
}

export interface DeskNotice {
  readonly id: string;
  readonly requestId: string;
  readonly code: string;
  readonly kind: Awaited<ReturnType<typeof listNotices>>[number]['kind'];
  readonly state: Awaited<ReturnType<typeof listNotices>>[number]['state'];
  readonly atMs: number;
}

export const DESK_PAGE = 50;

/**
 * Open requests by when they are due, soonest first, and after them all what waits until the shop knows who asks: anybody can
 * send any number of those, and none may stand before a request that is certain. Closed ones by when they ended, newest first.
 */
const ORDER: Readonly<Record<DeskView, string>> = {
  open: `(source = 'individual' AND state = 'paused'), due_at, id`,
  done: 'finished_at DESC, id DESC',
};
const STATES: Readonly<Record<DeskView, readonly RequestState[]>> = { open: OPEN, done: CLOSED };

interface DeskServices {
  readonly db: Database;
  readonly clock: () => Date;
}

/** Which part of the desk is looked at. */
export interface DeskPlace {
  readonly view: DeskView;
  /** From 1. */
  readonly page: number;
}

/** The place that an address of the page, or of its changes, names. What it does not know is the beginning. */
export function placeOf(params: URLSearchParams): DeskPlace {
  const page = /^[1-9]\d{0,5}$/.exec(params.get('page') ?? '');
  return { view: params.get('view') === 'done' ? 'done' : 'open', page: page === null ? 1 : Number(page[0]) };
}

/** What the Requests page shows. */
export async function readDesk({ db, clock }: DeskServices, shopId: string, place: DeskPlace): Promise<DeskList> {
  return withShop(db, shopId, async (tx) => {
    const sql = sqlTxOfPrisma(tx);
    const counts = { open: await count(tx, shopId, 'open'), done: await count(tx, shopId, 'done') };
    // Requests end while somebody turns the pages: behind the last page is the last page.
    const page = Math.min(place.page, Math.max(1, Math.ceil(counts[place.view] / DESK_PAGE)));
    const rows = await readRows(sql, shopId, { ...place, page });
    const notices = await listNotices(sql, shopId);
    return {
      view: place.view,
      page,
      rows: rows.slice(0, DESK_PAGE),
      counts,
      hasNext: rows.length > DESK_PAGE,
      notices: notices.map(({ id, requestId, kind, state: sent, writtenAt }) => ({
        id,
        requestId,
        code: requestCode(requestId),
        kind,
        state: sent,
        atMs: writtenAt.getTime(),
      })),
      nowMs: clock().getTime(),
    };
  });
}

interface StoredRow extends Pick<DeskRow, 'id' | 'kind' | 'source' | 'regime' | 'state'> {
  readonly receivedAt: Date;
  readonly dueAt: Date;
  readonly finishedAt: Date | null;
  readonly waitsFor: string | null;
}

/** One row more than a page has, so that it shows whether there is another. */
async function readRows(sql: SqlTx, shopId: string, { view, page }: DeskPlace): Promise<DeskRow[]> {
  const rows = await sql.query<StoredRow>(
    `SELECT id, kind, source, regime, state, received_at AS "receivedAt", due_at AS "dueAt", finished_at AS "finishedAt",
       waits_for AS "waitsFor"
     FROM app.privacy_requests WHERE shop_id = $1::uuid AND state = ANY ($2::text[])
     ORDER BY ${ORDER[view]} OFFSET $3::int LIMIT $4::int`,
    [shopId, STATES[view], (page - 1) * DESK_PAGE, DESK_PAGE + 1],
  );
  return rows.map(({ receivedAt, dueAt, finishedAt, waitsFor, ...row }) => ({
    ...row,
    code: requestCode(row.id),
    receivedAtMs: receivedAt.getTime(),
    dueAtMs: dueAt.getTime(),
    finishedAtMs: finishedAt?.getTime() ?? null,
    isWaiting: waitsFor !== null,
  }));
}

function count(tx: ShopTx, shopId: string, view: DeskView): Promise<number> {
  return tx.privacyRequest.count({ where: { shopId, state: { in: [...STATES[view]] } } });
}
