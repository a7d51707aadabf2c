import type pg from 'pg';

import { dayOf } from '#app/ingest/days.ts';
import { deriveInboxKey } from '#app/vault/derive.ts';
import { lookupToken } from '#app/vault/lookup.ts';
import { dayContext } from '#app/ingest/day-keys.ts';
import { bodyOf, domainOf, type LoadPlan, type PlannedState, sequenceOf, stateOf } from '#test/bench/load/plan.ts';
import type { LoadResult, LoadSpec } from '#test/bench/load/load.ts';
import { GateError } from '#test/bench/row.ts';
import type { Keyring } from '#app/vault/keyring.ts';

/** What the gates look into. */
export interface InboxWorld {
  readonly keyring: Keyring;
  /** Our ids of the shops, by number. */
  readonly shopIds: readonly string[];
  /** Behind the scenes. */
  query<Row extends pg.QueryResultRow>(sql: string, params?: unknown[]): Promise<Row[]>;
}

/**
 * The events that were acknowledged, and those of which nobody knows: without an answer, or refused while the database
 * went away, they may have been stored all the same.
 */
export function outcomeOf(spec: LoadSpec, result: LoadResult): { acknowledged: Set<number>; unknown: Set<number> } {
  const sequence = sequenceOf(spec.plan, spec.count);
  const acknowledged = new Set<number>();
  const unknown = new Set<number>();
  for (let position = 0; position < result.sent; position += 1) {
    const event = sequence[position] ?? 0;
    if (result.statuses[position] === 200) acknowledged.add(event);
    else unknown.add(event);
  }
  for (const event of acknowledged) unknown.delete(event);
  return { acknowledged, unknown };
}

/**
 * Gate: the inbox holds each acknowledged webhook once, under the digest its body must have, and nothing else but
 * webhooks of which nothing was promised.
 *
 * @returns rows in the inbox.
 * @throws GateError
 */
export async function requireInbox(world: InboxWorld, spec: LoadSpec, result: LoadResult): Promise<number> {
  const { acknowledged, unknown } = outcomeOf(spec, result);
  const digestOf = await digester(world, spec.plan);
  const rows = await world.query<{ digest: string }>(`SELECT encode(digest, 'hex') AS digest FROM inbox.events`);
  const stored = new Set(rows.map((row) => row.digest));
  let lost = 0;
  for (const event of acknowledged) if (!stored.delete(digestOf(event))) lost += 1;
  for (const event of unknown) stored.delete(digestOf(event));
  if (lost > 0) throw new GateError(`${String(lost)} acknowledged webhooks are not in the inbox`);
  if (stored.size > 0) throw new GateError(`The inbox holds ${String(stored.size)} rows that nobody sent`);
  return rows.length;
}

async function digester(world: InboxWorld, plan: LoadPlan): Promise<(event: number) => string> {
  const day = dayOf(new Date(plan.baseMs));
  const [secret] = await world.query<{ kek_id: string; wrapped: Buffer }>(
    'SELECT kek_id, wrapped FROM keys.inbox_days WHERE day = $1::date',
    [day],
  );
  if (secret === undefined) throw new GateError('The day has no key');
  const daySecret = await world.keyring.unwrap(secret.kek_id, secret.wrapped, dayContext(day));
  const keys = new Map(world.shopIds.map((id, shop) => [domainOf(shop), deriveInboxKey(daySecret, day, id).secret]));
  return (event) => {
    const key = keys.get(stateOf(plan, event).domain) ?? Buffer.alloc(0);
    return lookupToken(key, 'body', Buffer.from(bodyOf(plan, event))).toString('hex');
  };
}

/**
 * Gate: the carts are what the events say, whatever the order and the number of deliveries: one row for each cart with
 * its newest state, one state for each event.
 *
 * @param unknown events that may have been stored or not; their carts may look either way.
 * @throws GateError
 */
export async function requireCarts(
  world: InboxWorld,
  plan: LoadPlan,
  events: Iterable<number>,
  unknown: ReadonlySet<number> = new Set(),
): Promise<void> {
  const cartOf = (event: number) => Math.floor(event / plan.updatesPerCart);
  const uncertain = new Set(Array.from(unknown, cartOf));
  const known = [...events];
  const newest = new Map<number, PlannedState>();
  for (const event of known.filter((one) => !uncertain.has(cartOf(one)))) {
    const state = stateOf(plan, event);
    const before = newest.get(cartOf(event));
    if (before === undefined || before.changedAtMs < state.changedAtMs) newest.set(cartOf(event), state);
  }
  const found = await world.query<{ line: string }>(
    `SELECT concat_ws(' ', s.domain, (extract(epoch FROM c.last_changed_at) * 1000)::bigint, c.item_count, c.line_count,
       c.value_minor) AS line FROM app.carts c JOIN app.shops s ON s.id = c.shop_id`,
  );
  const left = new Map<string, number>();
  for (const { line } of found) left.set(line, (left.get(line) ?? 0) + 1);
  let missing = 0;
  for (const state of newest.values()) {
    const line = lineOf(state);
    const count = left.get(line) ?? 0;
    if (count === 0) missing += 1;
    else left.set(line, count - 1);
  }
  const extra = found.length - (newest.size - missing);
  if (missing > 0 || extra > uncertain.size) {
    throw new GateError(`${String(missing)} carts are not as sent, ${String(extra)} are there that should not be`);
  }
  const [history] = await world.query<{ states: number }>('SELECT count(*)::int AS states FROM app.cart_states');
  const states = history?.states ?? 0;
  if (states < known.length || states > known.length + unknown.size) {
    throw new GateError(`${String(states)} states are kept of ${String(known.length)} that were sent`);
  }
}

function lineOf({ domain, changedAtMs, itemCount, lineCount, valueMinor }: PlannedState): string {
  return [domain, changedAtMs, itemCount, lineCount, valueMinor].join(' ');
}

/** Gate: the peer did the same work: every acknowledged webhook is known and every cart is there. @throws GateError */
export async function requirePeer(world: InboxWorld, spec: LoadSpec, result: LoadResult): Promise<void> {
  const { acknowledged, unknown } = outcomeOf(spec, result);
  const [count] = await world.query<{ seen: number; carts: number }>(
    `SELECT (SELECT count(*)::int FROM peer."Webhook") AS seen, (SELECT count(*)::int FROM peer."Cart") AS carts`,
  );
  const carts = new Set(Array.from(acknowledged, (event) => Math.floor(event / spec.plan.updatesPerCart))).size;
  const slack = unknown.size;
  if (count === undefined || count.seen < acknowledged.size || count.seen > acknowledged.size + slack) {
    throw new GateError(`The peer knows ${String(count?.seen)} of ${String(acknowledged.size)} webhooks`);
  }
  if (count.carts < carts) throw new GateError(`The peer has ${String(count.carts)} of ${String(carts)} carts`);
}
