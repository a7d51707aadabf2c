import type { ShopKeys } from '#app/data/shop-keys.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import { type InboxRow, markDone, selectSealed } from '#app/ingest/apply/inbox-rows.ts';
import { openEvent } from '#app/ingest/apply/open-event.ts';
import type { InboxKeys } from '#app/ingest/inbox-place.ts';
import { addErased, type ErasedRows } from '#app/privacy/erasure/erase-rows.ts';
import type { JudgeContext } from '#app/privacy/forgotten/follow.ts';
import { judgeBatch } from '#app/privacy/forgotten/stay-forgotten.ts';
import { isExemptTopic, topicOf } from '#app/shopify/topics.ts';

const PAGE_ROWS = 1_000;

/** What became of the inbox's sealed rows. */
export interface InboxLeftovers {
  readonly dropped: number;
  /** Rows whose day's key was not at hand. They pass the gate when it is; until then they are sealed. */
  readonly unopened: number;
  /** What was stored of somebody erased after all, as something that waited showed: by the request that erased them. */
  readonly followed: ReadonlyMap<string, ErasedRows>;
}

/**
 * Goes through everything the inbox still holds of the shop, sealed: what waits, what waits on the shelf for its person, and
 * the dead letters. What belongs to somebody who was erased loses its payload; the row stays, so that a duplicate is known.
 *
 * @param context its transaction holds the shop's lock, and the tombstones are set.
 */
export async function dropInboxLeftovers(
  context: JudgeContext & { readonly keys: ShopKeys },
  inboxKeys: InboxKeys,
  at: Date,
): Promise<InboxLeftovers> {
  const { tx, shopId } = context;
  await inboxKeys.loadIfStale();
  const followed = new Map<string, ErasedRows>();
  let dropped = 0;
  let unopened = 0;
  let after: InboxRow | null = null;
  for (;;) {
    const rows: InboxRow[] = await selectSealed(tx, shopId, after, PAGE_ROWS);
    const events = rows.flatMap((row) => {
      // Requests by law are not data about the cart; they are recorded and have a life of their own.
      if (isExemptTopic(topicOf(row.topic))) return [];
      const event = openOrNull(inboxKeys, shopId, row);
      if (event === null) unopened += 1;
      return event === null ? [] : [event];
    });
    const judged = await judgeBatch(context, events, at);
    await markDone(
      tx,
      shopId,
      judged.dropped.map((event) => event.row),
    );
    for (const [id, erased] of judged.followed) followed.set(id, addErased(followed.get(id), erased));
    dropped += judged.dropped.length;
    after = rows.at(-1) ?? null;
    if (after === null || rows.length < PAGE_ROWS) return { dropped, unopened, followed };
  }
}

function openOrNull(inboxKeys: InboxKeys, shopId: string, row: InboxRow): ShopifyEvent | null {
  try {
    return openEvent(inboxKeys, null, shopId, row);
  } catch {
    return null;
  }
}
