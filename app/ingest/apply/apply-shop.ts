import type { Pool } from 'pg';

import type { KeyStore } from '#app/data/keys.ts';
import { tryShopLock } from '#app/data/shop-lock.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import type { Applied } from '#app/ingest/apply/applied.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import type { InboxKey, ShopifyEvent } from '#app/ingest/apply/event.ts';
import { failureCode, isConnectionFailure } from '#app/ingest/failure.ts';
import {
  type InboxRow,
  markDone,
  markFailed,
  markParked,
  selectDue,
  selectParked,
  selectPending,
  unpark,
} from '#app/ingest/apply/inbox-rows.ts';
import { openEvent } from '#app/ingest/apply/open-event.ts';
import type { InboxKeys } from '#app/ingest/inbox-place.ts';
import type { AppLog } from '#app/log.ts';
import { type ExemptTopic, isExemptTopic, topicOf } from '#app/shopify/topics.ts';

/** Most webhooks applied in one transaction. */
const BATCH_ROWS = 500;
/** Tries before a webhook that fails becomes a dead letter. */
export const MAX_ATTEMPTS = 5;

/** What the features do with a shop's events; handed in by the worker. Each throws to have the event tried again. */
export interface ApplyHandlers {
  /** Requests by law and uninstallations: whatever the state of the shop. */
  exempt(tx: SqlTx, shopId: string, event: ShopifyEvent<ExemptTopic> | UnopenedRequest): Promise<void>;
  /** Everything else, in one go; only for shops that are installed and onboarded. */
  batch(context: ApplyContext, events: readonly ShopifyEvent[]): Promise<void>;
}

/** A request of a shop we hold nothing of: its body was not kept. */
interface Unopened<T extends ExemptTopic> extends Pick<
  ShopifyEvent,
  'receivedAt' | 'triggeredAt' | 'webhookId' | 'row'
> {
  readonly topic: T;
  readonly body: null;
}
export type UnopenedRequest = { [T in ExemptTopic]: Unopened<T> }[ExemptTopic];

export interface ApplyDeps {
  readonly pool: Pool;
  readonly keyStore: KeyStore;
  readonly inboxKeys: InboxKeys;
  readonly handlers: ApplyHandlers;
  readonly log: AppLog;
  readonly now: () => Date;
  /** Told of each batch that was applied whole. */
  readonly applied?: Applied;
}

/** `busy`: another worker holds the shop. `more`: a full batch was applied and there may be more. */
export type ApplyResult = 'busy' | 'more' | 'done';

/**
 * Applies what is due of one shop: opens, applies and marks it done in one transaction under the shop's lock.
 *
 * A batch that fails is halved until the event that fails is alone; the others pass. What fails is tried again later
 * and after {@link MAX_ATTEMPTS} tries kept aside as a dead letter; requests by law and uninstallations are tried on.
 *
 * @throws when the database is away; nothing is marked then.
 */
export async function applyShop(deps: ApplyDeps, shopId: string): Promise<ApplyResult> {
  let due: readonly InboxRow[] = [];
  try {
    const result = await inTransaction(deps, shopId, async (tx) => {
      due = await openable(deps, shopId, await selectDue(tx, shopId, BATCH_ROWS));
      const backInLine = await applyRows(deps, tx, shopId, due);
      return due.length === BATCH_ROWS || backInLine > 0 ? 'more' : 'done';
    });
    const [oldest] = due;
    if (oldest !== undefined) deps.applied?.add(due.length, deps.now().getTime() - oldest.receivedAt.getTime());
    return result;
  } catch (error) {
    if (isConnectionFailure(error) || due.length === 0) throw error;
    await applyHalves(deps, shopId, due, error);
    return 'more';
  }
}

async function applyHalves(deps: ApplyDeps, shopId: string, rows: readonly InboxRow[], error: unknown): Promise<void> {
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) {
    await setAside(deps, shopId, only, error);
    return;
  }
  const middle = Math.ceil(rows.length / 2);
  for (const half of [rows.slice(0, middle), rows.slice(middle)]) {
    try {
      await inTransaction(deps, shopId, async (tx) => {
        await applyRows(deps, tx, shopId, await selectPending(tx, shopId, half));
        return 'done';
      });
    } catch (halfError) {
      if (isConnectionFailure(halfError)) throw halfError;
      await applyHalves(deps, shopId, half, halfError);
    }
  }
}

function inTransaction(
  deps: ApplyDeps,
  shopId: string,
  work: (tx: SqlTx) => Promise<ApplyResult>,
): Promise<ApplyResult> {
  return withShopSql(deps.pool, shopId, async (tx) => ((await tryShopLock(tx, shopId)) ? work(tx) : 'busy'));
}

/** Those whose day's key is at hand. The others wait: it is not their fault, and the key comes or the day goes. */
async function openable(deps: ApplyDeps, shopId: string, rows: readonly InboxRow[]): Promise<readonly InboxRow[]> {
  const isAtHand = (row: InboxRow) => row.sealed === null || deps.inboxKeys.keyOf(row.day, shopId) !== null;
  if (rows.every(isAtHand)) return rows;
  await deps.inboxKeys.loadIfStale();
  const left = rows.filter((row) => !isAtHand(row)).length;
  if (left > 0) deps.log.warn('inbox.key-not-at-hand', { shopId, count: left });
  return rows.filter(isAtHand);
}

interface ShopRow {
  readonly active: boolean;
  readonly epoch: number;
  readonly currency: string | null;
  readonly has_forgotten: boolean;
  readonly has_suppressed: boolean;
}

/** @returns how many rows were put back in line meanwhile. */
async function applyRows(deps: ApplyDeps, tx: SqlTx, shopId: string, rows: readonly InboxRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  let backInLine = 0;
  // Uninstallations first: what comes with them in one batch is no longer ours to process.
  const exempt = rows.filter((row) => isExemptTopic(topicOf(row.topic)));
  for (const row of exempt) {
    const event = openExempt(deps, shopId, row);
    if (event !== null) await deps.handlers.exempt(tx, shopId, event);
  }

  const [shop] = await tx.query<ShopRow>(
    `SELECT status = 'installed' AND onboarded_at IS NOT NULL AS active, epoch, currency,
       EXISTS (SELECT FROM app.tombstones t WHERE t.shop_id = s.id) AS has_forgotten,
       EXISTS (SELECT FROM app.suppressions u WHERE u.shop_id = s.id AND u.ended_at IS NULL) AS has_suppressed
     FROM app.shops s WHERE id = $1`,
    [shopId],
  );
  const isLive = (row: InboxRow) => shop?.active === true && row.epoch === shop.epoch;
  const others = rows.filter((row) => !exempt.includes(row));
  const live = others.filter(isLive);
  const shelf: { key: InboxKey; ref: Buffer }[] = [];
  if (shop !== undefined && live.length > 0) {
    const keys = await deps.keyStore.shopKeys(tx, shopId);
    const open = (row: InboxRow) => openEvent(deps.inboxKeys, keys.lookupKey, shopId, row);
    const context: ApplyContext = {
      tx,
      shopId,
      keyStore: deps.keyStore,
      keys,
      shopCurrency: shop.currency,
      hasForgotten: shop.has_forgotten,
      hasSuppressed: shop.has_suppressed,
      takeParked: async (refs) => {
        const parked = await selectParked(tx, shopId, shop.epoch, refs);
        const isUpdate = (row: InboxRow) => topicOf(row.topic) === 'customers/update';
        const waiting = parked.filter((row) => !isUpdate(row));
        await unpark(tx, shopId, waiting);
        backInLine = waiting.length;
        const updates = parked.filter(isUpdate);
        await markDone(tx, shopId, updates);
        return updates.flatMap((row) => openParked(deps, shopId, row, open));
      },
      park: (event, ref) => shelf.push({ key: event.row, ref }),
    };
    await deps.handlers.batch(context, live.map(open));
    await tx.query(
      `INSERT INTO app.shop_activity (shop_id, revision, last_event_at, applied_at) VALUES ($1, 1, $2, $3)
       ON CONFLICT (shop_id) DO UPDATE SET revision = shop_activity.revision + 1,
         last_event_at = greatest(shop_activity.last_event_at, excluded.last_event_at), applied_at = excluded.applied_at`,
      [shopId, new Date(Math.max(...live.map((row) => row.receivedAt.getTime()))), deps.now()],
    );
  }
  await markParked(tx, shopId, shelf);
  const parked = new Set(shelf.map(({ key }) => key.digest));
  await markDone(
    tx,
    shopId,
    rows.filter((row) => !parked.has(row.digest)),
  );
  const dropped = others.length - live.length;
  if (dropped > 0) deps.log.info('inbox.dropped', { shopId, count: dropped, reason: 'inactive' });
  return backInLine;
}

/** One that does not open must not cost the order that asked for it: it is left behind. */
function openParked(
  deps: ApplyDeps,
  shopId: string,
  row: InboxRow,
  open: (row: InboxRow) => ShopifyEvent,
): ShopifyEvent<'customers/update'>[] {
  try {
    const event = open(row);
    return event.topic === 'customers/update' ? [event] : [];
  } catch (error) {
    deps.log.warn('inbox.shelf-unopenable', { shopId, code: failureCode(error) });
    return [];
  }
}

function openExempt(
  deps: ApplyDeps,
  shopId: string,
  row: InboxRow,
): ShopifyEvent<ExemptTopic> | UnopenedRequest | null {
  if (row.sealed !== null) {
    const event = openEvent(deps.inboxKeys, null, shopId, row);
    return isExemptEvent(event) ? event : null;
  }
  const topic = topicOf(row.topic);
  const { receivedAt, triggeredAt, webhookId } = row;
  return isExemptTopic(topic) ? { topic, body: null, receivedAt, triggeredAt, webhookId, row } : null;
}

function isExemptEvent(event: ShopifyEvent): event is ShopifyEvent<ExemptTopic> {
  return isExemptTopic(event.topic);
}

async function setAside(deps: ApplyDeps, shopId: string, row: InboxRow, error: unknown): Promise<void> {
  const attempts = row.attempts + 1;
  const code = failureCode(error);
  const isTriedOut = attempts >= MAX_ATTEMPTS;
  // Whoever asks by law is not given up: it is tried as long as its day lasts.
  const isGivenUp = isTriedOut && !isExemptTopic(topicOf(row.topic));
  const retryAt = isGivenUp ? null : new Date(deps.now().getTime() + retryDelayMs(attempts));
  await withShopSql(deps.pool, shopId, (tx) => markFailed(tx, shopId, row, { code, attempts, retryAt }));
  const report = { shopId, topic: topicOf(row.topic), code, attempts };
  if (isGivenUp) deps.log.error('inbox.dead-letter', report);
  else if (isTriedOut) deps.log.error('inbox.request-fails', report);
  else deps.log.warn('inbox.retry', report);
}

const LONGEST_WAIT_MS = 3_600_000;

/** 1 s, 4 s, 16 s, 64 s: long enough for a passing fault, short enough that a merchant hardly notices. At most an hour. */
function retryDelayMs(attempts: number): number {
  return Math.min(1000 * 4 ** (attempts - 1), LONGEST_WAIT_MS);
}
