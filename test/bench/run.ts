/**
 * `npm run bench [-- ROW ...] [--quick] [--json]` and `npm run bench -- seed --carts N`: the benchmark table, each row
 * beside its peer in the same run. Results go to .bench/results.json and .bench/results.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { describeMachine, describeVersions } from '#test/bench/measure/machine.ts';
import { markdownOf, type Report } from '#test/bench/measure/report.ts';
import { type Result, resultOf, show } from '#test/bench/measure/result.ts';
import type { Row } from '#test/bench/row.ts';
import { ROWS } from '#test/bench/rows/index.ts';
import { seed } from '#test/bench/seed.ts';
import { buildPrograms } from '#test/bench/world/build.ts';
import { generatePeerClient } from '#test/bench/world/peer-tables.ts';
import { OUTPUT_DIRECTORY } from '#test/bench/world/programs.ts';
import { POSTGRES_SETTINGS, startServer } from '#test/bench/world/world.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const FULL = { rounds: 5, roundMs: 3_000 } as const;
const QUICK = { rounds: 2, roundMs: 1_500 } as const;
const EXIT_USAGE = 64;

const { values, positionals } = readArguments();
const isJson = values.json;
const say = (line: string): void => {
  if (!isJson) console.error(line);
};

// Ending in order runs what ends the programs that were started.
process.once('SIGTERM', () => process.exit(143));
if (positionals[0] !== 'seed') process.once('SIGINT', () => process.exit(130));

if (positionals[0] === 'seed') {
  buildPrograms(root, say);
  await seed(requireCount(values.carts), (line) => console.log(line));
} else {
  const rows = requireRows(positionals);
  buildPrograms(root, say);
  await runTable(rows);
}

async function runTable(rows: readonly Row[]): Promise<void> {
  const startedAt = new Date();
  const machine = describeMachine();
  generatePeerClient();
  const bench = await startServer();
  const results: Result[] = [];
  const failures: string[] = [];
  try {
    const world = await bench.openWorld(1);
    const versions = await describeVersions(world);
    await world.close();
    for (const row of rows) {
      say(`\n--- ${row.name}: ${row.title}`);
      const context = {
        isQuick: values.quick,
        isAlone: rows.length === 1,
        ...(values.quick ? QUICK : FULL),
        bench,
        say,
      };
      try {
        results.push(...(await row.run(context)).map((measure) => resultOf(row.name, measure)));
      } catch (error) {
        failures.push(`${row.name}: ${error instanceof Error ? error.message : String(error)}`);
        say(`FAILED ${failures.at(-1) ?? ''}`);
      }
    }
    const report: Report = { machine, versions, rows: results };
    writeResults(report, startedAt);
    if (isJson) console.log(JSON.stringify(report));
    else printTable(results, failures);
  } finally {
    await bench.close();
  }
  if (failures.length > 0) process.exitCode = 1;
}

function writeResults(report: Report, startedAt: Date): void {
  const settings = Object.entries(POSTGRES_SETTINGS).map(([name, value]) => `${name}=${value}`);
  const markdown = markdownOf(report, {
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    startedAt,
    tookMs: Date.now() - startedAt.getTime(),
    isQuick: values.quick,
    dataset: `cart webhooks of two lines, about 2.5 kB; PostgreSQL with fsync, synchronous_commit and full_page_writes on, ${settings.join(', ')}`,
  });
  mkdirSync(OUTPUT_DIRECTORY, { recursive: true });
  writeFileSync(join(OUTPUT_DIRECTORY, 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(OUTPUT_DIRECTORY, 'results.md'), markdown);
}

function printTable(results: readonly Result[], failures: readonly string[]): void {
  for (const { row, metric, unit, ours, peer, ratio, target, met } of results) {
    const beside = peer === null ? '' : `, peer ${show(peer)} (${show(ratio ?? NaN)}×)`;
    const verdict = target === null ? '' : `; target ${target}: ${met === true ? 'met' : 'NOT met'}`;
    console.log(`${row}: ${metric}: ${show(ours)} ${unit}${beside}${verdict}`);
  }
  for (const failure of failures) console.log(`FAILED ${failure}`);
  console.log('\nWritten to .bench/results.md and .bench/results.json');
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        carts: { type: 'string' },
      },
    });
  } catch (error) {
    return usage(error instanceof Error ? error.message : 'Unknown arguments');
  }
}

function requireRows(names: readonly string[]): readonly Row[] {
  if (names.length === 0) return ROWS;
  return names.map((name) => {
    const row = ROWS.find((candidate) => candidate.name === name);
    return row ?? usage(`There is no row "${name}"`);
  });
}

function requireCount(text: string | undefined): number {
  const count = Number(text);
  return Number.isInteger(count) && count > 0 ? count : usage('seed needs --carts N');
}

function usage(problem: string): never {
  console.error(`${problem}.

  npm run bench [-- ROW ...] [--quick] [--json]
  npm run bench -- seed --carts N

Rows: ${ROWS.map((row) => row.name).join(', ')}`);
  process.exit(EXIT_USAGE);
}
