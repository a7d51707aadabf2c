import { failureCode, isConnectionFailure } from '#app/ingest/failure.ts';
import type { Counters } from '#app/ingest/edge/counters.ts';
import { FairQueue } from '#app/ingest/edge/fair-queue.ts';
import type { InboxEntry, Stored } from '#app/ingest/edge/insert.ts';
import type { AppLog } from '#app/log.ts';
import { topicOf } from '#app/shopify/topics.ts';

/** Rows of one commit. */
export const MAX_BATCH = 256;
/** Commits under way at once; the second only starts when it is worth one. */
const MAX_IN_FLIGHT = 2;
const WORTH_A_SECOND = 64;
/**
 * Commits begin this far apart unless there is enough for one sooner: most of a small commit is the same work whatever
 * it holds, so a steady stream of them would cost twice the processor time.
 */
export const PACE_MS = 2;
const WORTH_ONE = 32;
/** Beyond this many waiting, this much, or this long, it is better to say no at once: Shopify tries again. */
export const MAX_WAITING = 8_192;
export const MAX_WAITING_BYTES = 64 * 1024 * 1024;
export const MAX_WAIT_MS = 2_000;
/** After the database turned out to be away, nobody is made to wait for it before this is over. */
export const PAUSE_MS = 250;
/** A failure this quick is a broken connection more often than a broken database: worth one more try. */
const QUICK_FAILURE_MS = 250;

/** Classes of SQLSTATE that speak of a row: data exception, integrity, program limit. Everything else is the database's state. */
const ROW_CLASSES = new Set(['22', '23', '54']);

/** `committed`: durable, or known before, or not to be stored. `away`, `overloaded`: nothing is promised. */
export type CommitResult = 'committed' | 'away' | 'overloaded';

export interface CommitterDeps {
  /** Stores entries in one transaction. */
  readonly store: (entries: readonly InboxEntry[]) => Promise<Stored>;
  /** The entry as a dead letter of today. @throws when it cannot be made one. */
  readonly asDeadLetter: (entry: InboxEntry, code: string) => InboxEntry;
  readonly counters: Counters;
  readonly log: AppLog;
  /** Milliseconds on a clock that never goes back. */
  readonly clock?: () => number;
}

interface Waiting {
  readonly entry: InboxEntry;
  readonly since: number;
  readonly settle: (result: CommitResult) => void;
}

/**
 * Group commit: the webhooks of many requests in one transaction. A flush starts at once when none is under way or just
 * began, and otherwise when one returns, so that a lone webhook does not wait and a flood shares its commits.
 */
export class Committer {
  readonly #deps: CommitterDeps;
  readonly #clock: () => number;
  readonly #queue = new FairQueue<Waiting>();
  readonly #idle: (() => void)[] = [];
  #waitingBytes = 0;
  /** When the entry that has waited longest came. */
  #oldestSince = Infinity;
  #awayUntil = -Infinity;
  #inFlight = 0;
  #scheduled = false;
  /** A flush began a moment ago. */
  #pacing = false;

  constructor(deps: CommitterDeps) {
    this.#deps = deps;
    this.#clock = deps.clock ?? (() => performance.now());
  }

  /** Why an entry would be refused at once; null when it would not. Asked before work is put into one. */
  getRefusal(): 'away' | 'overloaded' | null {
    const now = this.#clock();
    if (now < this.#awayUntil) return 'away';
    const isFull = this.#queue.size >= MAX_WAITING || this.#waitingBytes >= MAX_WAITING_BYTES;
    return isFull || now - this.#oldestSince > MAX_WAIT_MS ? 'overloaded' : null;
  }

  /** Stores the entry; resolves when it is durable or when it is clear that it will not be. Never rejects. */
  commit(entry: InboxEntry): Promise<CommitResult> {
    const refusal = this.getRefusal();
    if (refusal !== null) return Promise.resolve(refusal);
    const now = this.#clock();
    return new Promise((settle) => {
      this.#queue.push(entry.shopId, { entry, since: now, settle });
      this.#waitingBytes += entry.sealed?.length ?? 0;
      if (this.#oldestSince === Infinity) this.#oldestSince = now;
      this.#schedule();
    });
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    if (this.#queue.size === 0 && this.#inFlight === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** One look after everything that arrived in this turn of the event loop. */
  #schedule(): void {
    if (this.#scheduled || !this.#isWorthAFlush()) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#isWorthAFlush()) {
        this.#pace();
        void this.#flush(this.#take());
      }
    });
  }

  #isWorthAFlush(): boolean {
    if (this.#inFlight >= MAX_IN_FLIGHT) return false;
    const least = this.#inFlight > 0 ? WORTH_A_SECOND : this.#pacing ? WORTH_ONE : 1;
    return this.#queue.size >= least;
  }

  #pace(): void {
    if (this.#pacing) return;
    this.#pacing = true;
    setTimeout(() => {
      this.#pacing = false;
      this.#schedule();
    }, PACE_MS);
  }

  #take(most = MAX_BATCH): Waiting[] {
    const batch = this.#queue.take(most);
    for (const { entry } of batch) this.#waitingBytes -= entry.sealed?.length ?? 0;
    this.#oldestSince = Infinity;
    for (const { since } of this.#queue.heads()) this.#oldestSince = Math.min(this.#oldestSince, since);
    return batch;
  }

  async #flush(batch: readonly Waiting[]): Promise<void> {
    this.#inFlight += 1;
    try {
      await this.#storeOrHalve(batch);
    } catch (error) {
      this.#giveUp(batch, error);
    } finally {
      this.#inFlight -= 1;
      if (this.#queue.size > 0) this.#schedule();
      else if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  /** The database is away: whoever waits is told now, and not after waiting for the same failure. */
  #giveUp(batch: readonly Waiting[], error: unknown): void {
    const waiting = [...batch, ...this.#take(Infinity)];
    this.#awayUntil = this.#clock() + PAUSE_MS;
    this.#deps.log.warn('edge.database-away', { code: failureCode(error), count: waiting.length });
    for (const { settle } of waiting) settle('away');
  }

  /** Stores a batch; when it fails, its halves, until the row that cannot be stored is alone. */
  async #storeOrHalve(batch: readonly Waiting[]): Promise<void> {
    try {
      const entries = batch.map(({ entry }) => entry);
      const { written, eligible } = await this.#store(entries);
      this.#deps.counters.add('stored', written);
      this.#deps.counters.add('duplicate', eligible - written);
      this.#deps.counters.add('dropped-inactive-shop', batch.length - eligible);
      for (const { settle } of batch) settle('committed');
    } catch (error) {
      const [only] = batch;
      if (!isRowFailure(error) || only === undefined) throw error;
      if (batch.length === 1) {
        await this.#setAside(only, failureCode(error));
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await this.#storeOrHalve(batch.slice(0, middle));
      await this.#storeOrHalve(batch.slice(middle));
    }
  }

  /** Storing twice stores once, so that a broken connection may be answered by another try. */
  async #store(entries: readonly InboxEntry[]): Promise<Stored> {
    const since = this.#clock();
    try {
      return await this.#deps.store(entries);
    } catch (error) {
      if (!isConnectionFailure(error) || this.#clock() - since > QUICK_FAILURE_MS) throw error;
      return await this.#deps.store(entries);
    }
  }

  /** What cannot be stored as it is becomes a dead letter; when even that fails, Shopify has to keep it. */
  async #setAside({ entry, settle }: Waiting, code: string): Promise<void> {
    const { counters, log, asDeadLetter, store } = this.#deps;
    const { shopId, webhookId } = entry;
    try {
      const { eligible } = await store([asDeadLetter(entry, code)]);
      counters.add(eligible === 0 ? 'dropped-inactive-shop' : 'set-aside');
      log.error('edge.dead-letter', { code, shopId, webhookId, topic: topicOf(entry.topic) });
      settle('committed');
    } catch (error) {
      log.error('edge.dead-letter-failed', { code: failureCode(error), shopId, webhookId });
      settle('away');
    }
  }
}

/** Whether one row is to blame: the database said so, or it could not even be written down for it. */
function isRowFailure(error: unknown): boolean {
  if (error instanceof RangeError || error instanceof TypeError) return true;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && code.length === 5 && ROW_CLASSES.has(code.slice(0, 2));
}
