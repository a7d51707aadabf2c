import type { Machine } from '#test/bench/measure/machine.ts';
import { type Result, show } from '#test/bench/measure/result.ts';

export interface Report {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Result[];
}

/** How it was run, for the Markdown. */
export interface Circumstances {
  readonly command: string;
  readonly startedAt: Date;
  readonly tookMs: number;
  readonly isQuick: boolean;
  readonly dataset: string;
}

/** The table, with everything that is needed to make it again. */
export function markdownOf({ machine, versions, rows }: Report, how: Circumstances): string {
  const { processor, cores, memoryGb, system, loadBefore } = machine;
  const lines = [
    `Measured ${how.startedAt.toISOString().slice(0, 16)}Z with \`${how.command}\` in ${show(how.tookMs / 60_000)} minutes${how.isQuick ? ' (quick form: shows that it works, not how fast)' : ''}.`,
    '',
    `- Machine: ${processor}, ${String(cores)} cores, ${String(memoryGb)} GB, ${system}; load before the start ${show(loadBefore)}`,
    `- Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    `- Dataset: ${how.dataset}`,
    '',
    '| row | measure | ours (min–max) | peer (min–max) | ratio | target | met |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(lineOf),
    '',
  ];
  return lines.join('\n');
}

function lineOf(result: Result): string {
  const { row, metric, unit, ours, peer, ratio, target, met, runs } = result;
  const peerText = peer === null ? '–' : `${range(peer, runs.peer ?? [])} (${runs.peerName ?? 'peer'})`;
  const metText = met === null ? '' : met ? 'yes' : '**no**';
  return `| ${row} | ${metric} | ${range(ours, runs.ours)} ${unit} | ${peerText} | ${ratio === null ? '' : `${show(ratio)}×`} | ${target ?? ''} | ${metText} |`;
}

function range(median: number, values: readonly number[]): string {
  if (values.length < 2) return show(median);
  return `${show(median)} (${show(Math.min(...values))}–${show(Math.max(...values))})`;
}
