import type { ClientConfig, Pool } from 'pg';

import { INBOX_CHANNEL, KEYS_CHANNEL } from '#app/data/channels.ts';
import { Listener } from '#app/data/listener.ts';
import type { ApplyResult } from '#app/ingest/apply/apply-shop.ts';
import { failureCode } from '#app/ingest/failure.ts';
import type { AppLog } from '#app/log.ts';

/** Shops applied at the same time by one worker. */
const CONCURRENT_SHOPS = 4;
/**
 * A shop is applied at most this often: the first webhook at once, those that follow together. A batch costs some twenty
 * statements however many webhooks it holds, so a busy shop's are better taken by the dozen.
 */
const SHOP_PAUSE_MS = 200;
/** How often the inbox is searched for work whose notice was missed, or that is due for another try. */
const SWEEP_MS = 2_000;
const SWEEP_SHOPS = 500;
/** Several sweeps in a row have to fail before the loop is called unwell. */
const WELL_FOR_MS = 15_000;

export interface WorkerLoopDeps {
  /** Acts as `ci_dispatch`: learns which shops have work, sees no payload. */
  readonly dispatchPool: Pool;
  readonly listenConfig: ClientConfig;
  readonly apply: (shopId: string) => Promise<ApplyResult>;
  /** The shop's keys changed; null: anybody's may have. */
  readonly onKeysChanged: (shopId: string | null) => void;
  readonly log: AppLog;
}

/**
 * Woken by the edge's commits, applies shop by shop until it is stopped.
 *
 * Notices make it fast, the sweep makes it certain: nothing depends on a notice having arrived.
 */
export class WorkerLoop {
  readonly #deps: WorkerLoopDeps;
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  /** Shops that were applied a moment ago. */
  readonly #resting = new Set<string>();
  readonly #listener: Listener;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  /** When the inbox was last searched with success. */
  #sweptAt = -Infinity;

  constructor(deps: WorkerLoopDeps) {
    this.#deps = deps;
    const { listenConfig, onKeysChanged, log } = deps;
    this.#listener = new Listener({
      config: listenConfig,
      channels: [INBOX_CHANNEL, KEYS_CHANNEL],
      onNotice: (channel, payload) => {
        if (channel === KEYS_CHANNEL) onKeysChanged(payload);
        else if (payload === '') void this.#sweep();
        else for (const shopId of payload.split(',')) this.#wake(shopId);
      },
      onListening: () => {
        onKeysChanged(null);
        return this.#sweep();
      },
      onLost: (error) => {
        log.warn('worker.listener-lost', { code: failureCode(error) });
      },
    });
  }

  async start(): Promise<void> {
    await this.#listener.start();
    this.#scheduleSweep();
  }

  /** Lets the batches under way finish, then ends. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#waiting.clear();
    await Promise.allSettled(this.#running.values());
    await this.#listener.stop();
  }

  /** Whether it finds its work. */
  isWell(): boolean {
    return performance.now() - this.#sweptAt < WELL_FOR_MS;
  }

  #wake(shopId: string): void {
    if (this.#stopped) return;
    this.#waiting.add(shopId);
    this.#pump();
  }

  #pump(): void {
    for (const shopId of this.#waiting) {
      if (this.#stopped || this.#running.size >= CONCURRENT_SHOPS) return;
      if (this.#running.has(shopId) || this.#resting.has(shopId)) continue;
      this.#waiting.delete(shopId);
      this.#running.set(shopId, this.#apply(shopId));
    }
  }

  async #apply(shopId: string): Promise<void> {
    try {
      // Back in line after a full batch: a shop with a long queue does not keep the others waiting.
      if ((await this.#deps.apply(shopId)) === 'more') this.#waiting.add(shopId);
      else this.#rest(shopId);
    } catch (error) {
      this.#deps.log.error('worker.apply-failed', { code: failureCode(error) });
    } finally {
      this.#running.delete(shopId);
      this.#pump();
    }
  }

  #rest(shopId: string): void {
    this.#resting.add(shopId);
    setTimeout(() => {
      this.#resting.delete(shopId);
      this.#pump();
    }, SHOP_PAUSE_MS);
  }

  #scheduleSweep(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      void this.#sweep().finally(() => {
        this.#scheduleSweep();
      });
    }, SWEEP_MS);
  }

  async #sweep(): Promise<void> {
    try {
      const { rows } = await this.#deps.dispatchPool.query<{ shop_id: string }>(
        'SELECT shop_id FROM inbox.shops_with_work($1)',
        [SWEEP_SHOPS],
      );
      this.#sweptAt = performance.now();
      for (const row of rows) this.#wake(row.shop_id);
    } catch (error) {
      this.#deps.log.warn('worker.sweep-failed', { code: failureCode(error) });
    }
  }
}
