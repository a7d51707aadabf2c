import { defineConfig } from 'vitest/config';

/** The vault's unit tests alone, for its own figures: mutation score and coverage. */
export default defineConfig({
  root: process.cwd(),
  test: {
    include: ['app/vault/**/*.test.ts'],
    setupFiles: ['test/support/fixed-seed.ts'],
    testTimeout: 120_000,
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['app/vault/**/*.ts'],
      exclude: ['app/vault/**/*.test.ts'],
      reporter: ['text'],
      thresholds: { branches: 100, lines: 100, functions: 100 },
    },
  },
});
