import type { BenchServer } from '#test/bench/world/world.ts';

/** What a row is run with. */
export interface BenchContext {
  /** Short rounds and few of them: shows that everything works, not how fast. */
  readonly isQuick: boolean;
  readonly rounds: number;
  /** Only this row was asked for. */
  readonly isAlone: boolean;
  /** Length of one timed round. */
  readonly roundMs: number;
  readonly bench: BenchServer;
  /** Says how far it is. */
  readonly say: (progress: string) => void;
}

/** What a measure should come to: a ratio to the peer, or a figure of our own. */
export interface Target {
  readonly on: 'ratio' | 'ours';
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** One figure of a row: one value for each round, ours and the peer's of the same round. */
export interface Measure {
  readonly metric: string;
  readonly unit: string;
  readonly ours: readonly number[];
  readonly peerName?: string;
  readonly peer?: readonly number[];
  readonly target?: Target;
}

export interface Row {
  /** What `npm run bench -- NAME` takes. */
  readonly name: string;
  readonly title: string;
  run(context: BenchContext): Promise<Measure[]>;
}

/** What a round found that must never be: the row fails, whatever its speed. */
export class GateError extends Error {
  override readonly name = 'GateError';
}
