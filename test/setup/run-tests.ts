/**
 * `npm test`: types, format, lint, unit tests, build, tests on a real PostgreSQL, tests in a browser. Stops at the first
 * step that fails. The last line of its output is `N passed, M failed`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Step {
  readonly title: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Where vitest leaves its count. */
  readonly report?: string;
}

interface Count {
  passed: number;
  failed: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const reports = join(root, '.test');

const STEPS: readonly Step[] = [
  { title: 'Types', program: 'typescript/bin/tsc', args: ['--noEmit'] },
  { title: 'Format', program: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  { title: 'Lint', program: 'eslint/bin/eslint.js', args: ['--max-warnings', '0', '.'] },
  vitest('Unit tests', 'unit'),
  { title: 'Build', program: '../test/setup/build.ts', args: [] },
  vitest('Integration tests and laws', 'integration'),
  vitest('Browser tests', 'e2e'),
];

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });
const total: Count = { passed: 0, failed: 0 };
let failedStep: string | null = null;
for (const step of STEPS) {
  console.log(`\n--- ${step.title}`);
  const startedAt = performance.now();
  const exitCode = await run(step);
  const count = step.report === undefined ? { passed: 0, failed: 0 } : await readCount(step.report);
  total.passed += count.passed;
  total.failed += count.failed;
  console.log(`    ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  if (exitCode !== 0) {
    failedStep = step.title;
    // A step that fails without a failed test (types, build, a set-up) is one failure.
    if (count.failed === 0) total.failed += 1;
    break;
  }
}
console.log(failedStep === null ? '\nEverything passed.' : `\nStopped at: ${failedStep}`);
console.log(`${String(total.passed)} passed, ${String(total.failed)} failed`);
process.exitCode = failedStep === null ? 0 : 1;

function vitest(title: string, project: string): Step {
  const report = join(reports, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return { title, program: 'vitest/vitest.mjs', args: ['run', '--project', project, ...reporters], report };
}

async function run({ program, args }: Step): Promise<number> {
  const child = spawn(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
  });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', pass);
  // Ctrl-C reaches the child by itself.
  process.on('SIGINT', wait);
  const [code] = (await once(child, 'exit')) as [number | null];
  process.off('SIGTERM', pass);
  process.off('SIGINT', wait);
  return code ?? 1;
}

function wait(): void {
  // The child ends first and we report how far it came.
}

async function readCount(report: string): Promise<Count> {
  if (!existsSync(report)) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests } = JSON.parse(await readFile(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  return { passed: numPassedTests, failed: numFailedTests };
}
