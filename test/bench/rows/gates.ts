import { duplicatesAndDisorder } from '#test/bench/gates/disorder.ts';
import { fairness } from '#test/bench/gates/fairness.ts';
import { killedDatabase, killedEdge } from '#test/bench/gates/kills.ts';
import { overload } from '#test/bench/gates/overload.ts';
import { poisoned } from '#test/bench/gates/poison.ts';
import type { Measure, Row } from '#test/bench/row.ts';

/** What must hold whatever the speed. Each ends the run when it does not. */
const GATES = [duplicatesAndDisorder, poisoned, fairness, overload, killedEdge, killedDatabase] as const;

export const gates: Row = {
  name: 'gates',
  title: 'Correctness under load',
  run: async (context) => {
    const measures: Measure[] = [];
    for (const gate of GATES) measures.push(...(await gate(context)));
    return measures;
  },
};
