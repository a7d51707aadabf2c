import { describe, expect, it } from 'vitest';

import { complain } from '#app/jobs/runner.ts';
import { createLogger } from '#app/log.ts';

function complaints() {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({
    level: 'info',
    destination: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  let now = 0;
  const tell = complain(log, () => now);
  const said = () => lines.splice(0).map(({ code, count }) => ({ code, count }));
  return {
    tell,
    said,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('what the queue could not do', () => {
  it('is said by its code, also when pg-boss hands out a copy of the error, and never by its text', () => {
    const { tell, said } = complaints();
    const error = Object.assign(new Error('canary@example.com'), { code: 'ECONNREFUSED' });
    tell({ ...error, message: error.message, stack: error.stack, queue: 'inbox.days' });
    tell(new Error('canary@example.com'));
    tell(new Error('Connection terminated'));
    tell('?');
    expect(said()).toEqual([
      { code: 'ECONNREFUSED', count: 1 },
      { code: 'Error', count: 1 },
      { code: 'ECONNRESET', count: 1 },
      { code: 'unknown', count: 1 },
    ]);
  });

  it('is said at once, then now and again with how often', () => {
    const { tell, said, pass } = complaints();
    const away = { code: '57P03' };
    for (let times = 0; times < 50; times += 1) tell(away);
    expect(said()).toEqual([{ code: '57P03', count: 1 }]);
    tell({ code: '53300' });
    expect(said()).toEqual([{ code: '53300', count: 1 }]);
    pass(10_000);
    tell(away);
    expect(said()).toEqual([{ code: '57P03', count: 50 }]);
  });
});
