import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { LoadResult, LoadSpec } from '#test/bench/load/load.ts';

const PROGRAM = fileURLToPath(new URL('program.ts', import.meta.url));

/** A load whose requests are ready to be sent by a process of its own. */
export interface ReadyLoad {
  go(): Promise<LoadResult>;
}

/** Starts a generator and has it make and sign the requests. */
export async function readyLoad(spec: LoadSpec): Promise<ReadyLoad> {
  const child = fork(PROGRAM, { serialization: 'advanced', execArgv: ['--disable-warning=ExperimentalWarning'] });
  const failed = once(child, 'exit').then(([code]: unknown[]) => {
    throw new Error(`The load generator ended (${String(code)})`);
  });
  failed.catch(() => undefined);
  child.send(spec);
  await Promise.race([once(child, 'message'), failed]);
  return {
    go: async () => {
      child.send('go');
      const [result] = (await Promise.race([once(child, 'message'), failed])) as [LoadResult];
      child.disconnect();
      return result;
    },
  };
}

/** Prepares and sends in one go. */
export async function runLoad(spec: LoadSpec): Promise<LoadResult> {
  return (await readyLoad(spec)).go();
}
