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
  /** Where the files are tests of one part alone. */
  readonly project?: 'unit' | 'integration';
  /** Another program than the tests' runner. */
  readonly command?: readonly [string, ...string[]];
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
    about: 'Erasures of people and of shops, and objections, broken off at every single statement and run again.',
    files: ['test/integration/erasure-crash.test.ts', 'test/integration/objection.test.ts'],
    seeds: 1,
  },
  'shop-erasure': {
    about: 'A shop of so many carts erased while others shop: what their acknowledgements took, alone and beside it.',
    files: ['test/integration/shop-erasure-load.test.ts'],
    seeds: 100_000,
  },
  retention: {
    about:
      'After a run nothing is older than its class allows and nothing went early: odd days, odd clocks, killed anywhere.',
    files: ['test/integration/retention-property.test.ts'],
    seeds: 10_000,
  },
  'vault-tamper': {
    about: 'Sealed values, each with every bit flipped, cut, lengthened, moved, under every wrong key.',
    files: ['app/vault/tamper.test.ts'],
    project: 'unit',
    seeds: 1_000,
  },
  'vault-agree': {
    about: 'Our cryptography and the noble packages on as many random cases of each kind.',
    files: ['app/vault/second-implementation.test.ts'],
    project: 'unit',
    seeds: 10_000,
  },
  'vault-coverage': {
    about: 'Which branches of app/vault its own tests go through: all.',
    files: [],
    seeds: 1,
    command: ['vitest', 'run', '--config', 'test/setup/vault.vitest.config.ts', '--coverage', '--reporter', 'dot'],
  },
  'vault-mutation': {
    about: 'How many mistakes put into app/vault its own tests notice: at least 85 of 100.',
    files: [],
    seeds: 1,
    command: ['stryker', 'run', 'test/setup/stryker-vault.json'],
  },
  rotation: {
    about:
      'Keys of 1,000 shops and 100,000 values rotated while others read and write, killed in the middle and resumed.',
    files: ['test/integration/key-rotation-load.test.ts'],
    seeds: 1_000,
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
  console.log(
    long.command === undefined
      ? `--- ${test}: ${seeds} seeds from ${firstSeed}. ${long.about}`
      : `--- ${test}. ${long.about}`,
  );
  const runner = [
    'vitest',
    'run',
    '--project',
    long.project ?? 'integration',
    '--reporter',
    'dot',
    ...long.files,
  ] as const;
  const [command, ...args] = long.command ?? runner;
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, LONG_SEEDS: seeds, FIRST_SEED: firstSeed },
  });
  if (status !== 0) process.exit(status ?? 1);
}
