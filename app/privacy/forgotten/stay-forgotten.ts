import type { Admit } from '#app/ingest/apply/admission.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { eraseRows, NO_TARGETS } from '#app/privacy/erasure/erase-rows.ts';
import { judge, type Verdict } from '#app/privacy/forgotten/judge.ts';
import type { Mark, MarkKind } from '#app/privacy/forgotten/marks.ts';
import { countBlocked, findTombstones, setTombstones, type Tombstone } from '#app/privacy/forgotten/tombstones.ts';
import { firstIdOf } from '#app/privacy/residue/wanted.ts';
import { findCustomer } from '#app/privacy/subject/find-subject.ts';
import { marksOf, type Trace, traceOf } from '#app/privacy/forgotten/trace-of.ts';

/** What judging needs of a batch's context. */
export type JudgeContext = Pick<ApplyContext, 'tx' | 'shopId' | 'keys'>;

/** A batch that was judged: what goes on, and what was turned away by which request's tombstones. */
export interface Judged {
  readonly admitted: readonly ShopifyEvent[];
  readonly dropped: readonly ShopifyEvent[];
  readonly blockedByTag: ReadonlyMap<string, number>;
}

/**
 * The stay-forgotten gate. A shop of which nobody was erased costs nothing; any other, one look-up for a batch.
 *
 * What a dropped event shows to belong to the erased person as well (a cart whose own webhooks were late) gets a tombstone
 * of its own, and what is stored of it already is erased: the outcome is the same however the events came.
 */
export function stayForgotten(now: () => Date): Admit {
  return async (context, events) => {
    if (!context.hasForgotten) return events;
    const { admitted, blockedByTag } = await judgeBatch(context, events);
    await countBlocked(context.tx, context.shopId, blockedByTag, now());
    return admitted;
  };
}

/** Judges events without counting them. */
export async function judgeBatch(context: JudgeContext, events: readonly ShopifyEvent[]): Promise<Judged> {
  const { tx, shopId, keys } = context;
  const traces = events.map((event) => traceOf(event, keys));
  const marks = traces.flatMap((trace) => (trace === null ? [] : marksOf(trace)));
  const stones = await findTombstones(tx, shopId, [...new Set(marks.map(({ tag }) => tag))]);
  if (stones.size === 0) return { admitted: events, dropped: [], blockedByTag: new Map() };

  const newcomers = await findNewcomers(context, traces, stones);
  const verdictsNow = () =>
    traces.map((trace): Verdict => {
      if (trace === null) return { verdict: 'pass' };
      return judge(
        trace,
        (mark) => stones.get(mark.tag),
        (mark) => newcomers.has(mark.tag),
      );
    });
  const asked = new Set<string>();
  let verdicts = verdictsNow();
  for (
    let spread = spreadsOf(verdicts, stones, asked);
    spread.length > 0;
    spread = spreadsOf(verdicts, stones, asked)
  ) {
    for (const { mark } of spread) asked.add(mark.tag);
    for (const stone of await follow(context, spread)) stones.set(stone.tag, stone);
    verdicts = verdictsNow();
  }
  return outcome(events, verdicts);
}

function outcome(events: readonly ShopifyEvent[], verdicts: readonly Verdict[]): Judged {
  const admitted: ShopifyEvent[] = [];
  const dropped: ShopifyEvent[] = [];
  const blockedByTag = new Map<string, number>();
  for (const [index, event] of events.entries()) {
    const verdict = verdicts[index];
    if (verdict?.verdict === 'drop') {
      dropped.push(event);
      blockedByTag.set(verdict.by.tag, (blockedByTag.get(verdict.by.tag) ?? 0) + 1);
    } else {
      admitted.push(verdict?.verdict === 'cut' ? withoutFields(event, verdict.fields) : event);
    }
  }
  return { admitted, dropped, blockedByTag };
}

/** A field that is absent leaves what is stored, so a new row never gets the link. */
function withoutFields(event: ShopifyEvent, fields: readonly string[]): ShopifyEvent {
  const body = Object.entries(event.body).filter(([field]) => !fields.includes(field));
  return { ...event, body: Object.fromEntries(body) } as ShopifyEvent;
}

interface Spread {
  readonly mark: Mark;
  readonly by: Tombstone;
}

/** What the dropped events show to belong to the erased as well, as far as nobody has asked about it yet. */
function spreadsOf(
  verdicts: readonly Verdict[],
  stones: ReadonlyMap<string, Tombstone>,
  asked: ReadonlySet<string>,
): Spread[] {
  const spread = new Map<string, Spread>();
  for (const verdict of verdicts) {
    if (verdict.verdict !== 'drop') continue;
    for (const mark of verdict.spreads) {
      if (!stones.has(mark.tag) && !asked.has(mark.tag)) spread.set(mark.tag, { mark, by: verdict.by });
    }
  }
  return [...spread.values()];
}

/** Sets tombstones for what belongs to an erased person after all, and erases what is stored of it. What somebody else has by now stays theirs. */
async function follow(context: JudgeContext, spread: readonly Spread[]): Promise<Tombstone[]> {
  const { tx, shopId } = context;
  const stored = await findStored(context, spread);
  const theirs = spread.filter(({ mark }) => (stored.get(mark.tag)?.person_id ?? null) === null);
  for (const { mark, by } of theirs) await setTombstones(tx, shopId, by, [mark]);
  const idsOf = (kind: MarkKind) =>
    theirs.flatMap(({ mark }) => {
      const row = stored.get(mark.tag);
      return mark.kind === kind && row !== undefined ? [row.id] : [];
    });
  await eraseRows(tx, shopId, {
    ...NO_TARGETS,
    cartIds: idsOf('cart'),
    checkoutIds: idsOf('checkout'),
    orderIds: idsOf('order'),
  });
  for (const { mark, by } of theirs) {
    if (mark.kind === 'customer' && mark.ref !== null) await eraseCustomer(tx, shopId, mark.ref, by.erasedAt);
  }
  return theirs.map(({ mark, by }) => ({ ...by, tag: mark.tag }));
}

/** Erases what was there of a customer at the time of an erasure that meant them as well. What is newer stays, cut loose. */
async function eraseCustomer(tx: SqlTx, shopId: string, customerRef: string, erasedAt: Date): Promise<void> {
  const found = await findCustomer(tx, shopId, customerRef);
  const first = firstIdOf(erasedAt);
  const old = (ids: readonly string[]) => ids.filter((id) => id < first);
  await eraseRows(tx, shopId, {
    personIds: old(found.personIds),
    cartIds: old(found.cartIds),
    checkoutIds: old(found.checkoutIds),
    orderIds: old(found.orderIds),
    customerRefs: [Buffer.from(customerRef, 'hex')],
  });
}

interface StoredRow {
  readonly ref: string;
  readonly id: string;
  readonly person_id: string | null;
}

const REF_COLUMNS = {
  cart: { table: 'app.carts', column: 'token_ref' },
  checkout: { table: 'app.checkouts', column: 'token_ref' },
  order: { table: 'app.orders', column: 'order_ref' },
} as const;

/** What is stored of these marks, by tag. */
async function findStored({ tx, shopId }: JudgeContext, spread: readonly Spread[]): Promise<Map<string, StoredRow>> {
  const found = new Map<string, StoredRow>();
  for (const [kind, { table, column }] of Object.entries(REF_COLUMNS)) {
    const marks = spread.map(({ mark }) => mark).filter((mark) => mark.kind === kind && mark.ref !== null);
    if (marks.length === 0) continue;
    const rows = await tx.query<StoredRow>(
      `SELECT encode(${column}, 'hex') AS ref, id, person_id FROM ${table}
       WHERE shop_id = $1::uuid AND ${column} IN (SELECT decode(ref, 'hex') FROM unnest($2::text[]) AS given (ref))`,
      [shopId, marks.map(({ ref }) => ref)],
    );
    for (const row of rows) {
      const mark = marks.find(({ ref }) => ref === row.ref);
      if (mark !== undefined) found.set(mark.tag, row);
    }
  }
  return found;
}

/**
 * Customers of whom somebody was erased and who are there all the same, since they came back later with something new: stored,
 * or made by this very batch.
 */
async function findNewcomers(
  { tx, shopId }: JudgeContext,
  traces: readonly (Trace | null)[],
  stones: ReadonlyMap<string, Tombstone>,
): Promise<Set<string>> {
  const customers = new Map<string, Mark>();
  const newcomers = new Set<string>();
  for (const trace of traces) {
    if (trace?.kind === 'profile')
      for (const mark of trace.customers) if (stones.has(mark.tag)) customers.set(mark.tag, mark);
    if (trace?.kind !== 'purchase' || trace.claim === null || trace.createdAt === null) continue;
    const stone = stones.get(trace.claim.tag);
    if (stone !== undefined && trace.createdAt > stone.erasedAt) newcomers.add(trace.claim.tag);
  }
  if (customers.size === 0) return newcomers;
  const rows = await tx.query<{ ref: string }>(
    `SELECT encode(customer_ref, 'hex') AS ref FROM app.people
     WHERE shop_id = $1::uuid AND customer_ref IN (SELECT decode(ref, 'hex') FROM unnest($2::text[]) AS given (ref))`,
    [shopId, [...customers.values()].map(({ ref }) => ref)],
  );
  for (const { ref } of rows) {
    for (const mark of customers.values()) if (mark.ref === ref) newcomers.add(mark.tag);
  }
  return newcomers;
}
