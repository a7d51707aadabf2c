import { dayOf } from '#app/ingest/days.ts';
import { deriveInboxKey } from '#app/vault/derive.ts';
import { lookupToken } from '#app/vault/lookup.ts';
import { dayContext } from '#app/ingest/day-keys.ts';
import { bodyOf, domainOf, type LoadPlan, sequenceOf, stateOf } from '#test/bench/load/plan.ts';
import type { LoadResult, LoadSpec } from '#test/bench/load/load.ts';
import { GateError } from '#test/bench/row.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';

/** The events that were acknowledged, and those of which nobody knows since their answer never came. */
export function outcomeOf(spec: LoadSpec, result: LoadResult): { acknowledged: Set<number>; unknown: Set<number> } {
  const sequence = sequenceOf(spec.plan, spec.count);
  const acknowledged = new Set<number>();
  const unknown = new Set<number>();
  for (let position = 0; position < result.sent; position += 1) {
    const event = sequence[position] ?? 0;
    if (result.statuses[position] === 200) acknowledged.add(event);
    else if (result.statuses[position] === 0) unknown.add(event);
  }
  for (const event of acknowledged) unknown.delete(event);
  return { acknowledged, unknown };
}

/**
 * Gate: the inbox holds each acknowledged webhook once, under the digest its body must have, and nothing else but
 * webhooks whose answer was lost on the way.
 *
 * @returns rows in the inbox.
 * @throws GateError
 */
export async function requireInbox(world: BenchWorld, spec: LoadSpec, result: LoadResult): Promise<number> {
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

async function digester(world: BenchWorld, plan: LoadPlan): Promise<(event: number) => string> {
  const day = dayOf(new Date(plan.baseMs));
  const [secret] = await world.query<{ kek_id: string; wrapped: Buffer }>(
    'SELECT kek_id, wrapped FROM keys.inbox_days WHERE day = $1::date',
    [day],
  );
  if (secret === undefined) throw new GateError('The day has no key');
  const daySecret = world.keyring.unwrap(secret.kek_id, secret.wrapped, dayContext(day));
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
 * @throws GateError
 */
export async function requireCarts(world: BenchWorld, plan: LoadPlan, events: Iterable<number>): Promise<void> {
  const states = Array.from(events, (event) => stateOf(plan, event));
  const newest = new Map<string, (typeof states)[number]>();
  for (const state of states) {
    const known = newest.get(state.token);
    if (known === undefined || known.changedAtMs < state.changedAtMs) newest.set(state.token, state);
  }
  const expected = Array.from(newest.values(), ({ domain, changedAtMs, itemCount, lineCount, valueMinor }) =>
    [domain, changedAtMs, itemCount, lineCount, valueMinor].join(' '),
  ).sort();
  const found = await world.query<{ line: string }>(
    `SELECT concat_ws(' ', s.domain, (extract(epoch FROM c.last_changed_at) * 1000)::bigint, c.item_count, c.line_count,
       c.value_minor) AS line FROM app.carts c JOIN app.shops s ON s.id = c.shop_id`,
  );
  const lines = found.map((row) => row.line).sort();
  const wrong = expected.filter((line, index) => lines[index] !== line).length + Math.abs(lines.length - expected.length);
  if (wrong > 0) throw new GateError(`${String(wrong)} carts differ from what was sent`);
  const [history] = await world.query<{ states: number }>('SELECT count(*)::int AS states FROM app.cart_states');
  if (history?.states !== states.length) {
    throw new GateError(`${String(history?.states)} states are kept of ${String(states.length)} that were sent`);
  }
}

/** Gate: the peer did the same work: every acknowledged webhook is known and every cart is there. @throws GateError */
export async function requirePeer(world: BenchWorld, spec: LoadSpec, result: LoadResult): Promise<void> {
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
