import { setTimeout as sleep } from 'node:timers/promises';

import { type LoadPlan, stateOf } from '#test/bench/load/plan.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';

const LOOK_EVERY_MS = 25;

/**
 * Notes when each cart of a load can first be seen where the list reads it. Looks along the list's own index, at each
 * shop's carts that are newer than the oldest one still missing.
 */
export class Sightings {
  /** Wall clock, milliseconds since 1970, by event; 0: not seen yet. */
  readonly seenAtMs: Float64Array;
  readonly #world: BenchWorld;
  readonly #plan: LoadPlan;
  readonly #firstChangeMs: number;
  /** The oldest event of each shop that has not been seen. */
  readonly #oldestMissing: number[];
  #stopping = false;

  constructor(world: BenchWorld, plan: LoadPlan, count: number) {
    this.seenAtMs = new Float64Array(count);
    this.#world = world;
    this.#plan = plan;
    this.#firstChangeMs = stateOf(plan, 0).changedAtMs;
    this.#oldestMissing = Array.from({ length: plan.shopCount }, (_, shop) => shop);
  }

  /** Looks until it is stopped. */
  async watch(): Promise<void> {
    while (!this.#stopping) {
      await this.#look();
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Takes a last look. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#look();
  }

  async #look(): Promise<void> {
    const { shopIds } = this.#world;
    const rows = await this.#world.query<{ at: number }>(
      `SELECT (extract(epoch FROM c.last_changed_at) * 1000)::float8 AS at
       FROM unnest($1::uuid[], $2::timestamptz[]) AS missing (shop_id, since)
       CROSS JOIN LATERAL (SELECT last_changed_at FROM app.carts
         WHERE shop_id = missing.shop_id AND last_changed_at >= missing.since) AS c`,
      [shopIds, this.#oldestMissing.map((event) => new Date(this.#firstChangeMs + event))],
    );
    const now = performance.timeOrigin + performance.now();
    // Changes lie a millisecond apart, so the time tells which event it was.
    for (const { at } of rows) {
      const event = Math.round(at) - this.#firstChangeMs;
      if (this.seenAtMs[event] === 0) this.seenAtMs[event] = now;
    }
    for (const [shop, oldest] of this.#oldestMissing.entries()) {
      let event = oldest;
      while ((this.seenAtMs[event] ?? 0) > 0) event += this.#plan.shopCount;
      this.#oldestMissing[shop] = event;
    }
  }
}
