import { runLoad } from '#test/bench/load/generator.ts';
import type { LoadPlan } from '#test/bench/load/plan.ts';
import { GateError } from '#test/bench/row.ts';
import type { RunningProgram } from '#test/bench/world/programs.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';

/** Sends the first `count` webhooks of a plan through a running edge, all of which must be taken. */
export async function fillInbox(edge: RunningProgram, plan: LoadPlan, count: number): Promise<void> {
  const result = await runLoad({ plan, port: edge.port, connections: 64, count, durationMs: 600_000 });
  const refused = result.statuses.filter((status) => status !== 200).length;
  if (refused > 0) throw new GateError(`${String(refused)} webhooks were refused`);
}

/** The same, opened and applied by a worker that is started for it. */
export async function fillThrough(world: BenchWorld, plan: LoadPlan, count: number): Promise<void> {
  const edge = await world.startEdge();
  const worker = await world.startWorker();
  try {
    await fillInbox(edge, plan, count);
    await world.untilApplied(600_000);
  } finally {
    await edge.stop();
    await worker.stop();
  }
}
