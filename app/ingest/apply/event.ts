import type { PayloadOf } from '#app/shopify/payloads/index.ts';
import type { Topic } from '#app/shopify/topics.ts';

/** A webhook taken out of the inbox and opened: what Shopify said, projected to what we may keep. */
interface EventOf<T extends Topic> {
  readonly topic: T;
  readonly body: PayloadOf<T>;
  readonly receivedAt: Date;
  readonly triggeredAt: Date | null;
  readonly webhookId: string | null;
  /** Keyed digest of the projected body: equal content, equal digest, on whatever day it comes. */
  readonly digest: Buffer;
  /** Where it lies in the inbox. */
  readonly row: InboxKey;
}

/** An event of one of the topics `T`; narrowing `topic` narrows `body`. */
export type ShopifyEvent<T extends Topic = Topic> = T extends Topic ? EventOf<T> : never;

/** The key of an inbox row, within its shop. */
export interface InboxKey {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly topic: number;
  readonly digest: Buffer;
}

/** The events of these topics, in the order given. */
export function eventsOf<T extends Topic>(events: readonly ShopifyEvent[], ...topics: readonly T[]): ShopifyEvent<T>[] {
  return events.filter((event): event is ShopifyEvent<T> & ShopifyEvent =>
    topics.some((topic) => topic === event.topic),
  );
}
