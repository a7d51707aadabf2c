/**
 * `npm run test:long [-- NAME [SEEDS]]`: the figures too big for every run, one by one or all. A failure names the seed,
 * and `npm run test:long -- NAME 1 SEED` runs that one alone.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface LongTest {
  readonly about: string;
  readonly files: readonly string[];
  readonly seeds: number;
}

const LONG_TESTS: Readonly<Record<string, LongTest>> = {
  'any-order': {
    about: 'Law 5: whole stories, shuffled and doubled, against one delivery in order.',
    files: ['test/integration/any-order.test.ts'],
    seeds: 10_000,
  },
  'audit-chain': {
    about: 'Every change, insertion, move and removal of an access record, at each position of a chain of so many.',
    files: ['test/integration/access-tamper.test.ts'],
    seeds: 10_000,
  },
  forgotten: {
    about: 'Law 4: late, doubled and shuffled events around an erasure, with the race for the lock.',
    files: ['test/integration/forgotten.test.ts'],
    seeds: 10_000,
  },
  crash: {
    about: 'Erasures of people and of shops, broken off at every single statement and run again.',
    files: ['test/integration/erasure-crash.test.ts'],
    seeds: 1,
  },
  retention: {
    about:
      'After a run nothing is older than its class allows and nothing went early: odd days, odd clocks, killed anywhere.',
    files: ['test/integration/retention-property.test.ts'],
    seeds: 10_000,
  },
};

const root = fileURLToPath(new URL('..', import.meta.url));
const [name, seedCount, firstSeed = '1'] = process.argv.slice(2);
const chosen = name === undefined ? Object.keys(LONG_TESTS) : [name];

for (const test of chosen) {
  const long = LONG_TESTS[test];
  if (long === undefined) {
    console.error(`There is no long test "${test}". There are:`);
    for (const [known, { about }] of Object.entries(LONG_TESTS)) console.error(`  ${known}: ${about}`);
    process.exit(64);
  }
  const seeds = seedCount ?? String(long.seeds);
  console.log(`--- ${test}: ${seeds} seeds from ${firstSeed}. ${long.about}`);
  const { status } = spawnSync('vitest', ['run', '--project', 'integration', '--reporter', 'dot', ...long.files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, LONG_SEEDS: seeds, FIRST_SEED: firstSeed },
  });
  if (status !== 0) process.exit(status ?? 1);
}
