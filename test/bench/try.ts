import { startServer } from '#test/bench/world/world.ts';
import { generatePeerClient } from '#test/bench/world/peer-tables.ts';
import { ingest } from '#test/bench/rows/ingest.ts';
generatePeerClient();
const bench = await startServer();
try {
  const m = await ingest.run({ isQuick: true, rounds: 1, roundMs: 2500, bench, say: (t) => console.log(t) });
  console.log(JSON.stringify(m));
} finally { await bench.close(); }
