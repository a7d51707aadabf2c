/**
 * How many forms a program takes from everybody together: a bucket that refills by the minute. Nothing about a sender is
 * remembered; whoever wants to be rid of one sender does that in front of the app.
 */
export class Pace {
  readonly #perMinute: number;
  readonly #now: () => number;
  #left: number;
  #at: number;

  constructor(perMinute: number, now: () => number = Date.now) {
    this.#perMinute = perMinute;
    this.#now = now;
    this.#left = perMinute;
    this.#at = now();
  }

  /** Whether one more may pass. */
  take(): boolean {
    const now = this.#now();
    const refilled = (Math.max(0, now - this.#at) / 60_000) * this.#perMinute;
    this.#left = Math.min(this.#perMinute, this.#left + refilled);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
