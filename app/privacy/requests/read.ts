import type { SqlTx } from '#app/data/sql-tx.ts';
import type { ExtensionGround, PauseGround } from '#app/privacy/requests/grounds.ts';
import type { Regime, RequestKind, RequestScope, RequestSource } from '#app/privacy/requests/kinds.ts';
import { OPEN, type RequestState, TO_WORK_ON } from '#app/privacy/requests/states.ts';

/** A request as a list shows it: nothing in it says whom it is about. */
export interface RequestSummary {
  readonly id: string;
  readonly kind: RequestKind;
  readonly source: RequestSource;
  readonly regime: Regime;
  /** Shopify’s topic, where it came from Shopify. */
  readonly topic: string | null;
  readonly state: RequestState;
  /** False when the shop had no keys at the time, so that nothing could be held. */
  readonly held: boolean;
  /** The number of the installation it belongs to. */
  readonly epoch: number;
  readonly scope: RequestScope | null;
  readonly receivedAt: Date;
  readonly dueAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly pausedAt: Date | null;
  readonly pauseGround: PauseGround | null;
  readonly extendedAt: Date | null;
  readonly extensionGround: ExtensionGround | null;
  /** Why it was refused or superseded. */
  readonly closingGround: string | null;
  /** The request whose copy this erasure waits for, so that the person gets it before everything is gone. */
  readonly waitsFor: string | null;
  /** Where the check after an erasure found something: names of tables and columns. */
  readonly residue: readonly string[];
}

/** A request with what is sealed of it, for whoever goes through the gate. */
export interface RequestDetail extends RequestSummary {
  readonly sealed: Uint8Array | null;
}

const SUMMARY = `id, kind, source, regime, topic, state, held, epoch, scope, received_at AS "receivedAt", due_at AS "dueAt",
  started_at AS "startedAt", finished_at AS "finishedAt", paused_at AS "pausedAt", pause_ground AS "pauseGround",
  extended_at AS "extendedAt", extension_ground AS "extensionGround", closing_ground AS "closingGround", residue, waits_for AS "waitsFor"`;

/** A place in the list: after which request the next page begins. */
export interface RequestCursor {
  readonly receivedAt: Date;
  readonly id: string;
}

/** The shop's requests, newest first, without saying whom they are about. */
export async function listRequests(
  tx: SqlTx,
  shopId: string,
  {
    atMost = 100,
    onlyOpen = false,
    after = null,
  }: { readonly atMost?: number; readonly onlyOpen?: boolean; readonly after?: RequestCursor | null } = {},
): Promise<RequestSummary[]> {
  return tx.query<RequestSummary>(
    `SELECT ${SUMMARY} FROM app.privacy_requests
     WHERE shop_id = $1::uuid AND (NOT $2::boolean OR state = ANY ($3::text[]))
       AND ($4::timestamptz IS NULL OR (received_at, id) < ($4::timestamptz, $5::uuid))
     ORDER BY received_at DESC, id DESC LIMIT $6::int`,
    [shopId, onlyOpen, OPEN, after?.receivedAt ?? null, after?.id ?? null, atMost],
  );
}

/** One request, or null when the shop has none with this id. */
export async function readRequest(tx: SqlTx, shopId: string, id: string): Promise<RequestDetail | null> {
  const [row] = await tx.query<RequestDetail>(
    `SELECT ${SUMMARY}, sealed FROM app.privacy_requests WHERE shop_id = $1::uuid AND id = $2::uuid`,
    [shopId, id],
  );
  return row ?? null;
}

/** What a request asks for; null when the shop has none with this id. */
export async function kindOfRequest(tx: SqlTx, shopId: string, id: string): Promise<RequestKind | null> {
  return (await readRequest(tx, shopId, id))?.kind ?? null;
}

/** Requests that wait for a job, the most urgent first. */
export async function requestsToWorkOn(tx: SqlTx, shopId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM app.privacy_requests WHERE shop_id = $1::uuid AND state = ANY ($2::text[]) ORDER BY due_at, id`,
    [shopId, TO_WORK_ON],
  );
  return rows.map((row) => row.id);
}
