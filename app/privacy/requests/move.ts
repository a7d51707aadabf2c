import { destroyKeysOf } from '#app/data/destroy-keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { dueAtOf, extendedDueAtOf, stopsTheClock } from '#app/privacy/requests/clock.ts';
import {
  EXTENSION_GROUNDS,
  type ExtensionGround,
  holdsFor,
  PAUSE_GROUNDS,
  type PauseGround,
  REFUSAL_GROUNDS,
  type RefusalGround,
} from '#app/privacy/requests/grounds.ts';
import type { Regime, RequestKind, RequestSource } from '#app/privacy/requests/kinds.ts';
import { canGo, isOpen, type RequestState } from '#app/privacy/requests/states.ts';
import { type RequestStepName, writeStep } from '#app/privacy/requests/steps.ts';

/** Who moves a request, and when. */
export interface Mover {
  /** As access records name them. */
  readonly actor: string;
  readonly at: Date;
}

/** `not-allowed`: the request is in no state for it, or the ground is none for this request. */
export type MoveOutcome = 'moved' | 'not-found' | 'not-allowed';

interface Standing {
  readonly kind: RequestKind;
  readonly source: RequestSource;
  readonly regime: Regime;
  readonly state: RequestState;
  readonly receivedAt: Date;
  readonly dueAt: Date;
  readonly pausedAt: Date | null;
  readonly pauseGround: PauseGround | null;
  readonly extendedAt: Date | null;
  readonly startedAt: Date | null;
}

/** A job begins, or begins again after a crash or a residue. Beginning what is under way changes nothing. */
export async function startRequest(tx: SqlTx, shopId: string, id: string, mover: Mover): Promise<MoveOutcome> {
  const standing = await lockRequest(tx, shopId, id);
  if (standing?.state === 'working') return 'moved';
  return move(tx, shopId, id, standing, mover, {
    to: 'working',
    step: 'started',
    set: { 'started_at timestamptz': standing?.startedAt ?? mover.at, 'residue text[]': [], 'waits_for uuid': null },
  });
}

/**
 * Whether a job still has this request to work on. Asked in the transaction that carries it out: until that one ends, nobody
 * holds the request on a legal ground, and who held it before is heeded.
 */
export async function isStillWorking(tx: SqlTx, shopId: string, id: string): Promise<boolean> {
  return (await lockRequest(tx, shopId, id))?.state === 'working';
}

/** What was prepared waits to be looked at (`review`) or may be fetched (`ready`). */
export async function offerRequest(
  tx: SqlTx,
  shopId: string,
  id: string,
  to: 'review' | 'ready',
  mover: Mover,
): Promise<MoveOutcome> {
  return move(tx, shopId, id, await lockRequest(tx, shopId, id), mover, { to, step: to });
}

/** Done: nothing is left to do. */
export async function finishRequest(tx: SqlTx, shopId: string, id: string, mover: Mover): Promise<MoveOutcome> {
  return move(tx, shopId, id, await lockRequest(tx, shopId, id), mover, {
    to: 'done',
    step: 'done',
    set: { 'finished_at timestamptz': mover.at },
  });
}

/** The check after an erasure found something. The request stays open and says where. */
export async function leaveResidue(
  tx: SqlTx,
  shopId: string,
  id: string,
  places: readonly string[],
  mover: Mover,
): Promise<MoveOutcome> {
  if (places.length === 0) return 'not-allowed';
  return move(tx, shopId, id, await lockRequest(tx, shopId, id), mover, {
    to: 'residue',
    step: 'residue',
    set: { 'residue text[]': places },
  });
}

/** Holds a request on a named legal ground. An erasure of which the data are gone is past holding. */
export async function pauseRequest(
  tx: SqlTx,
  shopId: string,
  id: string,
  ground: PauseGround,
  mover: Mover,
): Promise<MoveOutcome> {
  const standing = await lockRequest(tx, shopId, id);
  if (standing !== null && !holdsFor(PAUSE_GROUNDS[ground], standing)) return 'not-allowed';
  if (await isCarriedOut(tx, shopId, id)) return 'not-allowed';
  return move(tx, shopId, id, standing, mover, {
    to: 'paused',
    step: 'paused',
    ground,
    set: { 'paused_at timestamptz': mover.at, 'pause_ground text': ground, 'waits_for uuid': null },
  });
}

/** Whether the data that an erasure was about are gone; what is left of it is to look for leftovers. */
async function isCarriedOut(tx: SqlTx, shopId: string, id: string): Promise<boolean> {
  const rows = await tx.query('SELECT FROM app.erasure_runs WHERE shop_id = $1::uuid AND request_id = $2::uuid', [
    shopId,
    id,
  ]);
  return rows.length > 0;
}

/** Goes on with a held request; where the law stopped the clock meanwhile, it has that much longer. */
export async function resumeRequest(tx: SqlTx, shopId: string, id: string, mover: Mover): Promise<MoveOutcome> {
  const standing = await lockRequest(tx, shopId, id);
  if (standing === null) return 'not-found';
  const { regime, pausedAt, pauseGround, dueAt } = standing;
  const stood =
    pausedAt !== null && pauseGround !== null && stopsTheClock(regime, pauseGround)
      ? Math.max(0, mover.at.getTime() - pausedAt.getTime())
      : 0;
  return move(tx, shopId, id, standing, mover, {
    to: 'received',
    step: 'resumed',
    set: { ...NOT_PAUSED, 'due_at timestamptz': new Date(dueAt.getTime() + stood) },
  });
}

/** Gives a request more time, once, on a named ground. What the clock stood still before counts on top. */
export async function extendRequest(
  tx: SqlTx,
  shopId: string,
  id: string,
  ground: ExtensionGround,
  mover: Mover,
): Promise<MoveOutcome> {
  const standing = await lockRequest(tx, shopId, id);
  if (standing === null) return 'not-found';
  const { regime, receivedAt, dueAt, extendedAt, state } = standing;
  const extended = extendedDueAtOf(regime, receivedAt);
  const isLate = mover.at > dueAt;
  const heldMs = dueAt.getTime() - dueAtOf(regime, receivedAt).getTime();
  if (extended === null || extendedAt !== null || isLate || !isOpen(state)) return 'not-allowed';
  if (!holdsFor(EXTENSION_GROUNDS[ground], standing)) return 'not-allowed';
  await tx.query(
    `UPDATE app.privacy_requests SET extended_at = $3::timestamptz, extension_ground = $4, due_at = $5::timestamptz
     WHERE shop_id = $1::uuid AND id = $2::uuid`,
    [shopId, id, mover.at, ground, new Date(extended.getTime() + heldMs)],
  );
  await writeStep(tx, shopId, id, { step: 'extended', ground, ...mover });
  return 'moved';
}

/** Refuses a request on a named legal ground. Shopify's cannot be refused. */
export async function refuseRequest(
  tx: SqlTx,
  shopId: string,
  id: string,
  ground: RefusalGround,
  mover: Mover,
): Promise<MoveOutcome> {
  const standing = await lockRequest(tx, shopId, id);
  if (standing !== null && !holdsFor(REFUSAL_GROUNDS[ground], standing)) return 'not-allowed';
  return move(tx, shopId, id, standing, mover, {
    to: 'refused',
    step: 'refused',
    ground,
    set: { ...NOT_PAUSED, 'finished_at timestamptz': mover.at, 'closing_ground text': ground },
  });
}

/** Why a request has lost its object. */
export type SupersedingGround = 'shop-came-back' | 'erased-meanwhile';

/** Closes a request that has lost its object: visibly, with the reason. */
export async function supersedeRequest(
  tx: SqlTx,
  shopId: string,
  id: string,
  ground: SupersedingGround,
  mover: Mover,
): Promise<MoveOutcome> {
  return move(tx, shopId, id, await lockRequest(tx, shopId, id), mover, {
    to: 'superseded',
    step: 'superseded',
    ground,
    set: { ...NOT_PAUSED, 'finished_at timestamptz': mover.at, 'closing_ground text': ground },
  });
}

interface Move {
  readonly to: RequestState;
  readonly step: RequestStepName;
  readonly ground?: string;
  /** Further columns, by name and type. */
  readonly set?: Readonly<Record<string, unknown>>;
}

const NOT_PAUSED = { 'paused_at timestamptz': null, 'pause_ground text': null, 'waits_for uuid': null };

/** A request that ends takes the key of what it says about a person along: why it ended stays, whom it named does not. */
async function move(
  tx: SqlTx,
  shopId: string,
  id: string,
  standing: Standing | null,
  { actor, at }: Mover,
  { to, step, ground, set = {} }: Move,
): Promise<MoveOutcome> {
  if (standing === null) return 'not-found';
  if (!canGo(standing, to)) return 'not-allowed';
  const assignments = Object.keys({ 'state text': to, ...set }).map((column, index) => {
    const [name = '', type = ''] = column.split(' ');
    return `${name} = $${String(index + 3)}::${type}`;
  });
  await tx.query(
    `UPDATE app.privacy_requests SET ${assignments.join(', ')} WHERE shop_id = $1::uuid AND id = $2::uuid`,
    [shopId, id, to, ...Object.values(set)],
  );
  await writeStep(tx, shopId, id, { step, at, actor, ground: ground ?? null });
  if (!isOpen(to)) await destroyKeysOf(tx, shopId, [{ scope: 'request', ids: [id] }]);
  return 'moved';
}

async function lockRequest(tx: SqlTx, shopId: string, id: string): Promise<Standing | null> {
  const [row] = await tx.query<Standing>(
    `SELECT kind, source, regime, state, received_at AS "receivedAt", due_at AS "dueAt", paused_at AS "pausedAt",
       pause_ground AS "pauseGround", extended_at AS "extendedAt", started_at AS "startedAt"
     FROM app.privacy_requests WHERE shop_id = $1::uuid AND id = $2::uuid FOR UPDATE`,
    [shopId, id],
  );
  return row ?? null;
}
