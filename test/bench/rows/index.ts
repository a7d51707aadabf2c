import { burst } from '#test/bench/rows/burst.ts';
import { drain } from '#test/bench/rows/drain.ts';
import { gates } from '#test/bench/rows/gates.ts';
import { ingest } from '#test/bench/rows/ingest.ts';
import { listDepth } from '#test/bench/rows/list-depth.ts';
import { listSealed } from '#test/bench/rows/list-sealed.ts';
import { memory } from '#test/bench/rows/memory.ts';
import { openLoop } from '#test/bench/rows/open-loop.ts';
import { signature } from '#test/bench/rows/signature.ts';
import { stages } from '#test/bench/rows/stages.ts';
import { visible } from '#test/bench/rows/visible.ts';
import { writePath } from '#test/bench/rows/write-path.ts';

/** The table, in its order. */
export const ROWS = [
  ingest,
  openLoop,
  writePath,
  signature,
  stages,
  visible,
  drain,
  burst,
  listSealed,
  listDepth,
  memory,
  gates,
] as const;
