import { median } from '#test/bench/measure/stats.ts';
import type { Measure, Target } from '#test/bench/row.ts';

/** A measure as it is written down. */
export interface Result {
  readonly row: string;
  readonly metric: string;
  readonly unit: string;
  /** Medians over the rounds. */
  readonly ours: number;
  readonly peer: number | null;
  /** Median of the rounds' own ratios, ours to the peer's: both ran within the same minute. */
  readonly ratio: number | null;
  readonly target: string | null;
  readonly met: boolean | null;
  readonly runs: {
    readonly ours: readonly number[];
    readonly peer: readonly number[] | null;
    readonly peerName: string | null;
  };
}

export function resultOf(row: string, measure: Measure): Result {
  const { metric, unit, ours, peer, peerName, target } = measure;
  const oursMedian = median(ours);
  const ratio = peer === undefined ? null : ratioOf(ours, peer);
  const value = target?.on === 'ratio' ? ratio : oursMedian;
  return {
    row,
    metric,
    unit,
    ours: oursMedian,
    peer: peer === undefined ? null : median(peer),
    ratio,
    target: target === undefined ? null : targetText(target, unit),
    met: target === undefined || value === null ? null : isMet(target, value),
    runs: { ours, peer: peer ?? null, peerName: peerName ?? null },
  };
}

/** A round in which the peer managed nothing has no ratio. */
function ratioOf(ours: readonly number[], peer: readonly number[]): number | null {
  const ratios = ours.map((value, round) => value / (peer[round] ?? NaN)).filter(Number.isFinite);
  return ratios.length === 0 ? null : median(ratios);
}

function isMet({ atLeast, atMost }: Target, value: number): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

function targetText({ on, atLeast, atMost }: Target, unit: string): string {
  const bound = atLeast === undefined ? `≤ ${show(atMost ?? NaN)}` : `≥ ${show(atLeast)}`;
  return on === 'ratio' ? `${bound} ×` : `${bound} ${unit}`;
}

/** Three figures that mean something. */
export function show(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(value < 1 ? 2 : 3)));
}
