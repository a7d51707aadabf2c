import { firstIdOf } from '#app/data/uuid.ts';
import type { Admit } from '#app/ingest/apply/admission.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import { addErased, type ErasedRows } from '#app/privacy/erasure/erase-rows.ts';
import { noteFollowed } from '#app/privacy/erasure/run-record.ts';
import { follow, type JudgeContext, type Spread } from '#app/privacy/forgotten/follow.ts';
import { judge, type Verdict } from '#app/privacy/forgotten/judge.ts';
import type { Mark } from '#app/privacy/forgotten/marks.ts';
import { countBlocked, findTombstones, type Tombstone } from '#app/privacy/forgotten/tombstones.ts';
import { marksOf, type Trace, traceOf } from '#app/privacy/forgotten/trace-of.ts';

/** A batch that was judged: what goes on, and what was turned away by which request's tombstones. */
export interface Judged {
  readonly admitted: readonly ShopifyEvent[];
  readonly dropped: readonly ShopifyEvent[];
  readonly blockedByTag: ReadonlyMap<string, number>;
  /** What was stored of somebody erased after all and was erased with this batch, by the request that erased them. */
  readonly followed: ReadonlyMap<string, ErasedRows>;
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
    const { tx, shopId } = context;
    const at = now();
    const { admitted, blockedByTag, followed } = await judgeBatch(context, events, at);
    await countBlocked(tx, shopId, blockedByTag, at);
    for (const [requestId, erased] of followed) await noteFollowed(tx, shopId, requestId, erased, at);
    return admitted;
  };
}

/** Judges events without counting them. */
export async function judgeBatch(context: JudgeContext, events: readonly ShopifyEvent[], at: Date): Promise<Judged> {
  const { tx, shopId, keys } = context;
  const traces = events.map((event) => traceOf(event, keys));
  const marks = traces.flatMap((trace) => (trace === null ? [] : marksOf(trace)));
  const stones = await findTombstones(tx, shopId, [...new Set(marks.map(({ tag }) => tag))]);
  if (stones.size === 0) return { admitted: events, dropped: [], blockedByTag: new Map(), followed: new Map() };

  const verdictsNow = async () => {
    const { newcomers, others } = await findKnown(context, traces, stones);
    return traces.map((trace): Verdict => {
      if (trace === null) return { verdict: 'pass' };
      return judge(
        trace,
        (mark) => stones.get(mark.tag),
        (mark) => newcomers.has(mark.tag),
        (mark) => others.has(mark.tag),
      );
    });
  };
  const asked = new Set<string>();
  const followed = new Map<string, ErasedRows>();
  let verdicts = await verdictsNow();
  for (
    let spread = spreadsOf(verdicts, stones, asked);
    spread.length > 0;
    spread = spreadsOf(verdicts, stones, asked)
  ) {
    for (const { mark } of spread) asked.add(mark.tag);
    for (const { requestId, erased, tombstones } of await follow(context, spread, at)) {
      followed.set(requestId, addErased(followed.get(requestId), erased));
      for (const stone of tombstones) stones.set(stone.tag, stone);
    }
    verdicts = await verdictsNow();
  }
  return { ...outcome(events, verdicts), followed };
}

function outcome(events: readonly ShopifyEvent[], verdicts: readonly Verdict[]): Omit<Judged, 'followed'> {
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

interface Known {
  /** Customers of whom somebody was erased and who are there all the same, since they came back later with something new. */
  readonly newcomers: ReadonlySet<string>;
  /** Customers who have an erased address and were there under another one when it was erased: somebody else. */
  readonly others: ReadonlySet<string>;
}

/** Who of the customers that tombstones stand for, by number or by address, is there: stored, or made by this very batch. */
async function findKnown(
  { tx, shopId }: JudgeContext,
  traces: readonly (Trace | null)[],
  stones: ReadonlyMap<string, Tombstone>,
): Promise<Known> {
  const asked = new Map<string, { readonly mark: Mark; readonly stone: Tombstone }>();
  const newcomers = new Set<string>();
  for (const trace of traces) {
    if (trace === null || trace.kind === 'cart') continue;
    const customers = trace.kind === 'profile' ? trace.customers : trace.claim === null ? [] : [trace.claim];
    const ofAddress = trace.address === null ? undefined : stones.get(trace.address.tag);
    for (const mark of customers) {
      const stone = stones.get(mark.tag) ?? ofAddress;
      if (stone === undefined || mark.kind !== 'customer') continue;
      if (trace.kind === 'profile' || ofAddress !== undefined) asked.set(mark.tag, { mark, stone });
      if (trace.kind === 'purchase' && trace.createdAt !== null && trace.createdAt > stone.erasedAt) {
        newcomers.add(mark.tag);
      }
    }
  }
  if (asked.size === 0) return { newcomers, others: new Set() };
  const rows = await tx.query<{ ref: string; id: string }>(
    `SELECT encode(customer_ref, 'hex') AS ref, id FROM app.people
     WHERE shop_id = $1::uuid AND customer_ref IN (SELECT decode(ref, 'hex') FROM unnest($2::text[]) AS given (ref))`,
    [shopId, [...asked.values()].map(({ mark }) => mark.ref)],
  );
  const idByRef = new Map(rows.map(({ ref, id }) => [ref, id]));
  const others = new Set<string>();
  for (const { mark, stone } of asked.values()) {
    const id = idByRef.get(mark.ref ?? '');
    if (id === undefined) continue;
    newcomers.add(mark.tag);
    if (id < firstIdOf(stone.erasedAt)) others.add(mark.tag);
  }
  return { newcomers, others };
}
