/** After a run no row is older than its class allows, none went early, keys went with rows; killed anywhere or not. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PRESET_TERMS, RETENTION_RULES, type RetentionRuleName, type RetentionTerms } from '#app/privacy/retention.ts';
import { runRetention } from '#app/privacy/retention/run.ts';
import { createRandom, type Random } from '#test/shopify/random.ts';
import { Crash, crashingDatabase } from '#test/support/crashing-database.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

/** `npm run test:long -- retention` sets these. */
const SEEDS = Number(process.env['LONG_SEEDS'] ?? 24);
const FIRST_SEED = Number(process.env['FIRST_SEED'] ?? 1);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Row {
  readonly id: string;
  readonly personId: string | null;
  readonly cartId: string | null;
  readonly at: number;
}
interface CartOf extends Row {
  readonly items: number;
  readonly ordered: boolean;
  readonly states: number;
}
interface Held {
  readonly people: { readonly id: string; readonly at: number }[];
  readonly carts: CartOf[];
  readonly checkouts: Row[];
  readonly orders: Row[];
}

let world: ShopWorld;
beforeAll(async () => {
  world = await openShopWorld();
});
afterAll(() => world.close());

describe('a run of retention', () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index))('seed %i', async (seed) => {
    const random = createRandom(seed);
    const moment = momentOf(random);
    const { versions, termsAt } = settingsOf(random, moment);
    const terms = termsAt(moment);
    const held = heldOf(random, moment, terms);
    const shopId = await fill(held, moment, versions);
    const neighbour = await fill(heldOf(createRandom(1), moment, terms), moment, []);
    const before = await idsOf(neighbour);

    const limits = { look: 1 + below(random, 6), remove: 1 + below(random, 4), states: 1 + below(random, 5) };
    const now = () => new Date(moment);
    const deps = { db: world.db, now, log: world.log, databaseNow: async () => now(), limits };
    // Killed at some statement, and again, each time taken up by somebody else, a while later by another clock.
    const skewed = () => new Date(moment + below(random, 6) * HOUR);
    for (let deaths = below(random, 3); deaths > 0; deaths -= 1) {
      const { db } = crashingDatabase(world.db, 1 + below(random, 40));
      const dying = { ...deps, db, now: deaths === 1 ? skewed : now, databaseNow: async () => skewed() };
      await runRetention(dying, shopId, { actor: 'system:test', isClockRight: true }).catch(expectCrash);
    }
    const outcome = await runRetention(deps, shopId, { actor: 'system:test' });
    expect(outcome).toMatchObject({ state: 'done', reason: null });

    const runs = await world.superuser<{ moment: Date; state: string }>(
      'SELECT moment, state FROM app.retention_runs WHERE shop_id = $1',
      [shopId],
    );
    const last = runs.find((run) => run.state === 'done')!.moment.getTime();
    const latest = Math.max(...runs.map((run) => run.moment.getTime()));
    const left = await idsOf(shopId);
    const overdue = expectedOf(held, termsAt(last), last);
    const early = expectedOf(held, termsAt(latest), latest);
    for (const kind of ['people', 'carts', 'checkouts', 'orders'] as const) {
      // Nothing whose time was up is left; nothing whose time was not up by any of the clocks is missing.
      expect(left[kind].filter((id) => !overdue[kind].includes(id))).toEqual([]);
      expect(early[kind].filter((id) => !left[kind].includes(id))).toEqual([]);
    }
    expect(left.states).toBeGreaterThanOrEqual(early.states);
    expect(left.states).toBeLessThanOrEqual(overdue.states);
    // Nothing sealed without its key, no key without its row.
    expect(left.keys).toEqual([...left.people, ...left.carts, ...left.checkouts, ...left.orders].sort());
    expect(await idsOf(neighbour)).toEqual(before);
    // Said beforehand, and so it was.
    if (outcome.plan !== null) {
      for (const [rule, { due }] of Object.entries(outcome.plan)) expect(outcome.removed[rule] ?? 0).toBe(due);
    }
  });
});

it('control: without a run something is overdue, and the promise says what', async () => {
  const random = createRandom(2);
  const moment = momentOf(random);
  const held = heldOf(random, moment, PRESET_TERMS);
  const expected = expectedOf(held, PRESET_TERMS, moment);
  const left = await idsOf(await fill(held, moment, []));
  expect(left.keys.length).toBeGreaterThan(expected.keys.length);
});

function expectCrash(error: unknown): void {
  if (!(error instanceof Crash)) throw error;
}

/** An integer from 0 up to and without `count`. */
function below(random: Random, count: number): number {
  return random.int(0, count - 1);
}

/** Ends of months, leap days, nights on which clocks are changed, and any other time. */
function momentOf(random: Random): number {
  const year = 2025 + below(random, 5);
  const odd = [
    Date.UTC(2028, 1, 29, 12),
    Date.UTC(2028, 2, 1),
    Date.UTC(year, 1, 28, 23, 59, 59, 999),
    Date.UTC(year, 2, 29, 1),
    Date.UTC(year, 2, 31, 2, 30),
    Date.UTC(year, 9, 25, 0, 30),
    Date.UTC(year, 11, 31, 23, 59),
  ];
  const chosen = odd[below(random, odd.length * 2)];
  return chosen ?? Date.UTC(year, below(random, 12), 1 + below(random, 28)) + below(random, DAY);
}

function settingsOf(random: Random, moment: number) {
  const versions = Array.from({ length: below(random, 4) }, (_, index) => {
    const terms = Object.fromEntries(
      Object.entries(RETENTION_RULES).map(([name, { min, max }]) => [name, min + below(random, max - min + 1)]),
    ) as RetentionTerms;
    return {
      version: index + 1,
      at: 0,
      terms: { ...terms, convertedCarts: Math.min(terms.convertedCarts, terms.orders) },
    };
  });
  let at = moment - below(random, 3) * 20 * HOUR - 1;
  for (const version of versions.toReversed()) {
    version.at = at;
    at -= 1 + below(random, 40) * HOUR;
  }
  return { versions, termsAt: (now: number) => longestOf(versions, now) };
}

/** The longest of what was in force at any time of the last day. */
function longestOf(versions: readonly { at: number; terms: RetentionTerms }[], now: number): RetentionTerms {
  const all = [{ at: -Infinity, terms: PRESET_TERMS }, ...versions];
  const settled = all.findLast((version) => version.at <= now - DAY);
  const inForce = all.filter((version) => version === settled || version.at > now - DAY);
  return Object.fromEntries(
    Object.keys(RETENTION_RULES).map((name) => [
      name,
      Math.max(...inForce.map((version) => version.terms[name as RetentionRuleName])),
    ]),
  ) as RetentionTerms;
}

function heldOf(random: Random, moment: number, terms: RetentionTerms): Held {
  /** Around the end of some term, to the millisecond, or any age. */
  const ageOf = (rule: RetentionRuleName): number => {
    const { unit } = RETENTION_RULES[rule];
    const back = new Date(moment);
    if (unit === 'months') back.setUTCMonth(back.getUTCMonth() - terms[rule]);
    else back.setUTCDate(back.getUTCDate() - terms[rule]);
    const nudges = [0, 0, -1, 1, -HOUR, HOUR, -DAY, DAY, -3 * DAY, 3 * DAY];
    return below(random, 3) === 0
      ? moment - below(random, 500 * DAY)
      : back.getTime() + nudges[below(random, nudges.length)]!;
  };
  const pick = <T extends { id: string }>(rows: readonly T[]) =>
    below(random, 3) === 0 ? null : (rows[below(random, rows.length)]?.id ?? null);
  const many = <T>(most: number, make: () => T): T[] => Array.from({ length: below(random, most + 1) }, make);

  const people = many(4, () => ({ id: randomUUID(), at: ageOf('people') }));
  const carts = many(7, (): CartOf => {
    const rule = (['emptyCarts', 'abandonedCarts', 'convertedCarts'] as const)[below(random, 3)]!;
    return {
      id: randomUUID(),
      personId: pick(people),
      cartId: null,
      at: ageOf(rule),
      items: rule === 'emptyCarts' ? 0 : below(random, 3) + (rule === 'abandonedCarts' ? 1 : 0),
      ordered: rule === 'convertedCarts',
      states: below(random, 9),
    };
  });
  const purchase = (rule: 'checkouts' | 'orders') => (): Row => ({
    id: randomUUID(),
    personId: pick(people),
    cartId: pick(carts),
    at: ageOf(rule),
  });
  const [checkouts, orders] = [many(5, purchase('checkouts')), many(5, purchase('orders'))];
  return { people, carts: carts.map((cart) => asApplied(cart, checkouts, orders)), checkouts, orders };
}

/**
 * As the worker leaves a cart (app/carts/apply/derive.ts): changed no earlier than its checkouts, bought when it has an order.
 * An order may change later than its cart; it is never kept shorter.
 */
function asApplied(cart: CartOf, checkouts: readonly Row[], orders: readonly Row[]): CartOf {
  const isIts = (row: Row) => row.cartId === cart.id;
  return {
    ...cart,
    at: Math.max(cart.at, ...checkouts.filter(isIts).map((row) => row.at)),
    ordered: cart.ordered || orders.some(isIts),
  };
}

/** The calendar, counted out. */
function endOf(at: number, count: number, unit: 'days' | 'months'): number {
  if (unit === 'days') return at + count * DAY;
  const date = new Date(at);
  let [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  for (let step = 0; step < count; step += 1) [year, month] = month === 11 ? [year + 1, 0] : [year, month + 1];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]!;
  return Date.UTC(year, month, Math.min(date.getUTCDate(), length)) + (at - Math.floor(at / DAY) * DAY);
}

interface Ids {
  readonly people: string[];
  readonly carts: string[];
  readonly checkouts: string[];
  readonly orders: string[];
  readonly states: number;
  readonly keys: string[];
}

/** Who and what may stay, by the words of the promise. */
function expectedOf({ people, carts, checkouts, orders }: Held, terms: RetentionTerms, moment: number): Ids {
  const stays = (at: number, rule: RetentionRuleName) => endOf(at, terms[rule], RETENTION_RULES[rule].unit) > moment;
  const clockOf = (cart: CartOf) =>
    Math.max(cart.at, ...[...checkouts, ...orders].filter((row) => row.cartId === cart.id).map((row) => row.at));
  const ruleOf = (cart: CartOf) =>
    cart.ordered ? 'convertedCarts' : cart.items === 0 ? 'emptyCarts' : 'abandonedCarts';
  const kept = {
    carts: carts.filter((cart) => stays(clockOf(cart), ruleOf(cart))),
    checkouts: checkouts.filter((row) => stays(row.at, 'checkouts')),
    orders: orders.filter((row) => stays(row.at, 'orders')),
  };
  const rows = [...kept.carts, ...kept.checkouts, ...kept.orders];
  const keptPeople = people.filter((person) => {
    if (rows.some((row) => row.personId === person.id)) return true;
    const doings = [
      ...carts.filter((cart) => cart.personId === person.id).map(clockOf),
      ...[...checkouts, ...orders].filter((row) => row.personId === person.id).map((row) => row.at),
    ];
    return stays(Math.max(person.at, ...doings), 'people');
  });
  const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).sort();
  return {
    people: ids(keptPeople),
    carts: ids(kept.carts),
    checkouts: ids(kept.checkouts),
    orders: ids(kept.orders),
    states: kept.carts.reduce((sum, cart) => sum + cart.states, 0),
    keys: ids([...keptPeople, ...rows]),
  };
}

async function idsOf(shopId: string): Promise<Ids> {
  const [row] = await world.superuser<Record<Exclude<keyof Ids, 'states'>, string[] | null> & { states: number }>(
    `SELECT (SELECT array_agg(id::text ORDER BY id::text) FROM app.people WHERE shop_id = $1) AS people,
       (SELECT array_agg(id::text ORDER BY id::text) FROM app.carts WHERE shop_id = $1) AS carts,
       (SELECT array_agg(id::text ORDER BY id::text) FROM app.checkouts WHERE shop_id = $1) AS checkouts,
       (SELECT array_agg(id::text ORDER BY id::text) FROM app.orders WHERE shop_id = $1) AS orders,
       (SELECT count(*)::int FROM app.cart_states WHERE shop_id = $1) AS states,
       (SELECT array_agg(subject_id::text ORDER BY subject_id::text) FROM keys.subject_keys WHERE shop_id = $1) AS keys`,
    [shopId],
  );
  const { states, ...lists } = row!;
  const sorted = Object.fromEntries(Object.entries(lists).map(([name, ids]) => [name, [...(ids ?? [])].sort()]));
  return { ...(sorted as unknown as Omit<Ids, 'states'>), states };
}

/** Rows and keys as they would lie there. What is in them does not matter here. */
async function fill(
  { people, carts, checkouts, orders }: Held,
  moment: number,
  versions: readonly { version: number; at: number; terms: RetentionTerms }[],
): Promise<string> {
  const shopId = randomUUID();
  const rowsOf = (list: readonly object[]) => JSON.stringify(list);
  const at = `to_timestamp((r->>'at')::numeric / 1000)`;
  const id = `(r->>'id')::uuid`;
  const links = `(r->>'cartId')::uuid, (r->>'personId')::uuid`;
  const keys = (scope: string) =>
    `INSERT INTO keys.subject_keys (shop_id, scope, subject_id, version, shop_key_version, wrapped, pseudonym)
     SELECT $1, '${scope}', ${id}, 1, 1, '\\x00', '\\x00' FROM jsonb_array_elements($2::jsonb) r`;
  await world.superuser(
    `INSERT INTO app.shops (id, domain, status, epoch, installed_at, created_at)
     VALUES ($1::uuid, $1::text || '.myshopify.com', 'installed', 1, to_timestamp($2::numeric / 1000), '2020-01-01')`,
    [shopId, moment - DAY],
  );
  const insert = async (list: readonly object[], ...statements: string[]) => {
    if (list.length > 0) for (const sql of statements) await world.superuser(sql, [shopId, rowsOf(list)]);
  };
  await insert(
    people,
    `INSERT INTO app.people (shop_id, id, support_code, first_seen_at, sealed)
     SELECT $1, ${id}, '0000', ${at}, '\\x00' FROM jsonb_array_elements($2::jsonb) r`,
    keys('person'),
  );
  await insert(
    carts,
    `INSERT INTO app.carts (shop_id, id, token_ref, person_id, started_at, last_changed_at, item_count, ordered_at)
     SELECT $1, ${id}, decode(md5(r->>'id'), 'hex'), (r->>'personId')::uuid, ${at}, ${at}, (r->>'items')::int,
       CASE WHEN (r->>'ordered')::bool THEN ${at} END FROM jsonb_array_elements($2::jsonb) r`,
    `INSERT INTO app.cart_states (shop_id, cart_id, changed_at, triggered_at, digest, received_at, item_count, line_count, sealed)
     SELECT $1, ${id}, ${at}, ${at}, decode(lpad(to_hex(n), 32, '0'), 'hex'), ${at}, 1, 1, '\\x00'
     FROM jsonb_array_elements($2::jsonb) r CROSS JOIN generate_series(1, (r->>'states')::int) n`,
    keys('cart'),
  );
  await insert(
    checkouts,
    `INSERT INTO app.checkouts (shop_id, id, token_ref, cart_id, person_id, started_at, changed_at, sealed)
     SELECT $1, ${id}, decode(md5(r->>'id'), 'hex'), ${links}, ${at}, ${at}, '\\x00' FROM jsonb_array_elements($2::jsonb) r`,
    keys('checkout'),
  );
  await insert(
    orders,
    `INSERT INTO app.orders (shop_id, id, order_ref, cart_id, person_id, ordered_at, changed_at, sealed)
     SELECT $1, ${id}, decode(md5(r->>'id'), 'hex'), ${links}, ${at}, ${at}, '\\x00' FROM jsonb_array_elements($2::jsonb) r`,
    keys('order'),
  );
  await insert(
    versions.map(({ terms, ...version }) => ({ ...version, terms })),
    `INSERT INTO app.retention_settings (shop_id, version, changed_at, actor, terms)
     SELECT $1, (r->>'version')::int, ${at}, 'staff:0', r->'terms' FROM jsonb_array_elements($2::jsonb) r`,
  );
  return shopId;
}
