import { type LoadPlan, requestOf, sequenceOf } from '#test/bench/load/plan.ts';

/** A load against one port of this machine. Plain data. */
export interface LoadSpec {
  readonly plan: LoadPlan;
  readonly port: number;
  readonly connections: number;
  /** Events of the plan there are to send; a closed load may end sooner. */
  readonly count: number;
  /** Closed: each connection sends its next request when it has its answer. */
  readonly durationMs?: number;
  /** Open: requests are due at this many a second, whatever has been answered. */
  readonly ratePerSecond?: number;
  /** How long to wait for the last answers. */
  readonly graceMs?: number;
}

/** What became of a load; entry i is about the i-th request of the plan's sequence. */
export interface LoadResult {
  /** HTTP status; 0: no answer. */
  readonly statuses: Uint16Array;
  /** Closed: from sending. Open: from the moment the request was due. */
  readonly latenciesMs: Float32Array;
  /** Wall clock of the answer, milliseconds since 1970. */
  readonly answeredAtMs: Float64Array;
  readonly sent: number;
  /** Answered 200 before the time was up, by second of the measured time. */
  readonly acknowledgedInTime: number;
  readonly elapsedMs: number;
}

/** Requests made and signed before the clock starts; what lies beyond is made on the way. */
const MOST_PREPARED = 90_000;

/** A load, ready to go. */
export interface PreparedLoad {
  readonly spec: LoadSpec;
  readonly sequence: Uint32Array;
  request(position: number): Buffer;
}

export function prepareLoad(spec: LoadSpec): PreparedLoad {
  const sequence = sequenceOf(spec.plan, spec.count);
  const ready = Array.from(sequence.subarray(0, MOST_PREPARED), (event) => requestOf(spec.plan, event));
  return { spec, sequence, request: (position) => ready[position] ?? requestOf(spec.plan, sequence[position] ?? 0) };
}
