import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop, type Database } from '#app/data/with-shop.ts';
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

/** The Requests page: the rows of one view, how many are in each, and what the privacy contact was told. */
export interface DeskList {
  readonly view: DeskView;
  readonly rows: readonly DeskRow[];
  readonly counts: Readonly<Record<DeskView, number>>;
  /** False when there are more than are shown. */
  readonly isWhole: boolean;
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

const SHOWN = 200;

interface DeskServices {
  readonly db: Database;
  readonly clock: () => Date;
}

/** Open requests by when they are due, soonest first; closed ones by when they ended, newest first. */
export async function readDesk({ db, clock }: DeskServices, shopId: string, view: DeskView): Promise<DeskList> {
  return withShop(db, shopId, async (tx) => {
    const state = (which: DeskView) => ({ in: [...(which === 'open' ? OPEN : CLOSED)] });
    const rows = await tx.privacyRequest.findMany({
      where: { shopId, state: state(view) },
      select: {
        id: true,
        kind: true,
        source: true,
        regime: true,
        state: true,
        receivedAt: true,
        dueAt: true,
        finishedAt: true,
        waitsFor: true,
      },
      orderBy: view === 'open' ? [{ dueAt: 'asc' }, { id: 'asc' }] : [{ finishedAt: 'desc' }, { id: 'desc' }],
      take: SHOWN + 1,
    });
    const counts = {
      open: await tx.privacyRequest.count({ where: { shopId, state: state('open') } }),
      done: await tx.privacyRequest.count({ where: { shopId, state: state('done') } }),
    };
    const notices = await listNotices(sqlTxOfPrisma(tx), shopId);
    return {
      view,
      rows: rows.slice(0, SHOWN).map((row) => ({
        id: row.id,
        code: requestCode(row.id),
        kind: row.kind as RequestKind,
        source: row.source as RequestSource,
        regime: row.regime as Regime,
        state: row.state as RequestState,
        receivedAtMs: row.receivedAt.getTime(),
        dueAtMs: row.dueAt.getTime(),
        finishedAtMs: row.finishedAt?.getTime() ?? null,
        isWaiting: row.waitsFor !== null,
      })),
      counts,
      isWhole: rows.length <= SHOWN,
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
