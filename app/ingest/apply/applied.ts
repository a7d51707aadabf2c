import type { AppLog } from '#app/log.ts';

/** What was applied since the last report: how many webhooks, and how long the one that had waited longest had waited. */
export class Applied {
  #count = 0;
  #longestMs = 0;

  add(count: number, waitedMs: number): void {
    if (count === 0) return;
    this.#count += count;
    this.#longestMs = Math.max(this.#longestMs, waitedMs);
  }

  /** One line, unless there was nothing. */
  report(log: AppLog): void {
    if (this.#count > 0) log.info('worker.applied', { count: this.#count, ageMs: this.#longestMs });
    this.#count = 0;
    this.#longestMs = 0;
  }
}
