import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createLogger } from '#app/log.ts';
import { type ChildProgram, keepRunning } from '#app/web/child-program.ts';

let directory: string;
let child: ChildProgram | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ci-child-'));
  writeFileSync(join(directory, 'starts'), '');
});
afterEach(async () => {
  await child?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const log = createLogger({ level: 'silent' });
const starts = () => readFileSync(join(directory, 'starts'), 'utf8').split('\n').slice(0, -1).map(Number);

/** A program that notes its pid and then does this. */
function run(then: string, onHopeless = () => undefined): void {
  const note = `require('node:fs').appendFileSync(${JSON.stringify(join(directory, 'starts'))}, process.pid + '\\n');`;
  child = keepRunning(['-e', note + then], { log, onHopeless, firstDelayMs: 1 });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a program beside this one', () => {
  it('is started again when it dies', async () => {
    run('process.exit(1)');
    await vi.waitFor(() => expect(starts().length).toBeGreaterThanOrEqual(3), 120_000);
  });

  it('is started again when it is killed', async () => {
    run('setInterval(() => {}, 1000)');
    await vi.waitFor(() => expect(starts()).toHaveLength(1), 120_000);
    process.kill(starts()[0] ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(starts()).toHaveLength(2), 120_000);
  });

  it('is not started again when its settings are wrong', async () => {
    const hopeless = Promise.withResolvers<undefined>();
    run('process.exit(78)', () => {
      hopeless.resolve(undefined);
      return undefined;
    });
    await hopeless.promise;
    expect(starts()).toHaveLength(1);
  });

  it('is gone when stopped', async () => {
    run('setInterval(() => {}, 1000)');
    await vi.waitFor(() => expect(starts()).toHaveLength(1), 120_000);
    await child?.stop();
    expect(starts().map(isAlive)).toEqual([false]);
  });
});
