import type { Pool } from 'pg';

import { isConnectionFailure } from '#app/ingest/apply/failure.ts';
import { dayOf } from '#app/ingest/days.ts';
import { deadLetter, type InboxEntry, insertEntries } from '#app/ingest/edge/insert.ts';
import type { Counters } from '#app/ingest/edge/counters.ts';

/** Rows of one commit. */
const MAX_BATCH = 256;
const MAX_IN_FLIGHT = 2;
/** Beyond this many waiting, or this long, it is better to say no at once: Shopify tries again. */
const MAX_WAITING = 8_192;
const MAX_WAIT_MS = 2_000;
/** Shopify gives up on an answer after five seconds. */
const ANSWER_WITHIN_MS = 4_000;

/** `committed`: durable, or known before, or not to be stored. `away`: nothing is promised. */
export type CommitResult = 'committed' | 'away' | 'overloaded';

interface Waiting {
  readonly entry: InboxEntry;
  readonly since: number;
  readonly settle: (result: CommitResult) => void;
}

/**
 * Group commit: the webhooks of many requests in one transaction. A flush starts at once when none is under way and
 * otherwise when one returns, so that a lone webhook does not wait and a flood shares its commits.
 *
 * Shops take turns: one that sends nine of ten webhooks fills its own queue, not the others' places.
 */
export class Committer {
  readonly #pool: Pool;
  readonly #counters: Counters;
  readonly #now: () => number;
  readonly #queues = new Map<string, Waiting[]>();
  readonly #idle: (() => void)[] = [];
  #waiting = 0;
  #inFlight = 0;
  #scheduled = false;

  /** @param pool acts as `ci_edge`. */
  constructor(pool: Pool, counters: Counters, now: () => number = () => performance.now()) {
    this.#pool = pool;
    this.#counters = counters;
    this.#now = now;
  }

  /** Stores the entry; resolves when it is durable or when it is clear that it will not be. Never rejects. */
  commit(entry: InboxEntry): Promise<CommitResult> {
    if (this.#waiting >= MAX_WAITING || this.#oldestWaitMs() > MAX_WAIT_MS) return Promise.resolve('overloaded');
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve('overloaded');
      }, ANSWER_WITHIN_MS);
      const settle = (result: CommitResult) => {
        clearTimeout(timer);
        resolve(result);
      };
      const queue = this.#queues.get(entry.shopId);
      const waiting = { entry, since: this.#now(), settle };
      if (queue === undefined) this.#queues.set(entry.shopId, [waiting]);
      else queue.push(waiting);
      this.#waiting += 1;
      this.#schedule();
    });
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    if (this.#waiting === 0 && this.#inFlight === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** One look after everything that arrived in this turn of the event loop. */
  #schedule(): void {
    if (this.#scheduled || this.#inFlight >= MAX_IN_FLIGHT) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#inFlight < MAX_IN_FLIGHT && this.#waiting > 0) {
        // The second flush waits until it is worth a commit.
        if (this.#inFlight > 0 && this.#waiting < MAX_BATCH / 4) return;
        void this.#flush(this.#take());
      }
    });
  }

  /** The next batch, one from each shop in turn. A shop that was served goes to the end. */
  #take(): Waiting[] {
    const batch: Waiting[] = [];
    while (batch.length < MAX_BATCH && this.#queues.size > 0) {
      for (const [shopId, queue] of this.#queues) {
        const next = queue.shift();
        this.#queues.delete(shopId);
        if (queue.length > 0) this.#queues.set(shopId, queue);
        if (next !== undefined) batch.push(next);
        if (batch.length >= MAX_BATCH || this.#queues.size === 0) break;
      }
    }
    this.#waiting -= batch.length;
    return batch;
  }

  async #flush(batch: readonly Waiting[]): Promise<void> {
    this.#inFlight += 1;
    try {
      await this.#store(batch);
    } catch {
      for (const waiting of batch) waiting.settle('away');
    } finally {
      this.#inFlight -= 1;
      if (this.#waiting > 0) this.#schedule();
      else if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  /** Stores a batch; when it fails, its halves, until the row that cannot be stored is alone. */
  async #store(batch: readonly Waiting[]): Promise<void> {
    try {
      const { written, eligible } = await insertEntries(
        this.#pool,
        batch.map(({ entry }) => entry),
      );
      this.#counters.add('stored', written);
      this.#counters.add('duplicate', eligible - written);
      this.#counters.add('dropped-inactive-shop', batch.length - eligible);
      for (const waiting of batch) waiting.settle('committed');
    } catch (error) {
      const [only] = batch;
      if (isConnectionFailure(error) || only === undefined) throw error;
      if (batch.length === 1) {
        await this.#setAside(only);
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await this.#store(batch.slice(0, middle));
      await this.#store(batch.slice(middle));
    }
  }

  async #setAside({ entry, settle }: Waiting): Promise<void> {
    try {
      await insertEntries(this.#pool, [deadLetter(entry, dayOf(new Date()))]);
      this.#counters.add('set-aside');
      settle('committed');
    } catch {
      settle('away');
    }
  }

  #oldestWaitMs(): number {
    let oldest = Infinity;
    // A shop's oldest stands first in its queue; with many shops the first few tell enough.
    let looked = 0;
    for (const queue of this.#queues.values()) {
      oldest = Math.min(oldest, queue[0]?.since ?? Infinity);
      looked += 1;
      if (looked >= 16) break;
    }
    return oldest === Infinity ? 0 : this.#now() - oldest;
  }
}
