import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text as readText } from 'node:stream/consumers';

import { afterEach, describe, expect, it } from 'vitest';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A program whose start is this code. */
function run(start: string, imports = ''): ChildProcess {
  const code = `import { BootError, runProgram } from '#app/boot.ts'; ${imports} await runProgram(async () => { ${start} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'test' },
  });
  children.push(child);
  return child;
}

async function endOf(child: ChildProcess): Promise<{ code: unknown; stderr: string }> {
  const stderr = child.stderr === null ? '' : readText(child.stderr);
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, stderr: await stderr };
}

/** Waits for a line on standard output. */
const ready = async (child: ChildProcess) => {
  if (child.stdout !== null) await once(child.stdout, 'data');
};

describe('a program', () => {
  it('names every missing setting in one message and exits with 78', async () => {
    const imports = "import { readSettings } from '#app/settings.ts';";
    const { code, stderr } = await endOf(run("readSettings(process.env, 'web')", imports));
    expect(code).toBe(78);
    for (const name of [
      'DATABASE_URL',
      'SHOPIFY_API_KEY',
      'SHOPIFY_API_SECRET',
      'SHOPIFY_APP_URL',
      'CART_INSIGHTS_KEKS',
    ]) {
      expect(stderr).toContain(`${name} is missing`);
    }
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['a reason of ours', "throw new BootError('Do this first.', 3)", 3, 'Do this first.'],
    [
      'a database that is away',
      "throw Object.assign(new Error('secret'), { code: 'ECONNREFUSED' })",
      69,
      'The database cannot be used: nobody listens at its address.',
    ],
    [
      'a database error inside another',
      "throw new Error('secret', { cause: Object.assign(new Error('secret'), { code: '28P01' }) })",
      69,
      'The database cannot be used: the password is wrong.',
    ],
    [
      'a database that is silent, of which pg says so in words alone',
      "throw new Error('timeout expired')",
      69,
      'The database cannot be used: it does not answer.',
    ],
    [
      'a database whose certificate nobody vouches for',
      "throw Object.assign(new Error('secret'), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })",
      69,
      'The database cannot be used: its certificate is not signed by an authority',
    ],
    ['anything else', "throw new RangeError('secret')", 1, 'The program could not start: RangeError.'],
  ])('that cannot start because of %s says so in one line', async (_, start, exitCode, message) => {
    const { code, stderr } = await endOf(run(start));
    expect(code).toBe(exitCode);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('secret');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('that does not end is cut off, and says so', async () => {
    const child = run(
      "const after = setTimeout; globalThis.setTimeout = (act, ms) => after(act, Math.min(ms, 50)); setInterval(() => {}, 1000); console.log('up'); return () => new Promise(() => {});",
    );
    await ready(child);
    child.kill('SIGTERM');
    expect(await endOf(child)).toEqual({
      code: 1,
      stderr: 'The program did not end within 25 seconds and was cut off.\n',
    });
  });

  const living =
    "setInterval(() => {}, 1000); console.log('up'); return async () => { process.stderr.write('stopped'); };";

  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly on %s', async (signal) => {
    const child = run(living);
    await ready(child);
    child.kill(signal);
    expect(await endOf(child)).toEqual({ code: 0, stderr: 'stopped' });
  });

  it('ends when the program that started it is gone', async () => {
    const child = run(living);
    await ready(child);
    child.disconnect();
    expect(await endOf(child)).toEqual({ code: 0, stderr: 'stopped' });
  });

  it('that fails later tells the kind of failure and not its text', async () => {
    const { code, stderr } = await endOf(
      run("setTimeout(() => { throw new TypeError('canary@example.com'); }, 1); return async () => {};"),
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'The program failed: TypeError.\n' });
  });
});
