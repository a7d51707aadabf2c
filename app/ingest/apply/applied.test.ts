import { expect, it } from 'vitest';

import { Applied } from '#app/ingest/apply/applied.ts';
import { createLogger } from '#app/log.ts';

it('what was applied is told once, with the longest wait, and nothing is told of nothing', () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({
    level: 'info',
    destination: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const applied = new Applied();
  applied.add(0, 99_000);
  applied.report(log);
  expect(lines).toEqual([]);
  applied.add(3, 40);
  applied.add(500, 7_000);
  applied.add(1, 12);
  applied.report(log);
  applied.report(log);
  expect(lines).toMatchObject([{ event: 'worker.applied', count: 504, ageMs: 7_000 }]);
  expect(lines).toHaveLength(1);
});
