import { vitePlugin as remix } from '@remix-run/dev';
import { defineConfig } from 'vitest/config';

// Vitest reads this file too; the pages are built before its browser tests, not by it.
const isTest = process.env.VITEST !== undefined;

export default defineConfig({
  plugins: isTest
    ? []
    : [
        remix({
          appDirectory: 'app',
          buildDirectory: 'build/remix',
          ignoredRouteFiles: ['**/.*', '**/*.test.{ts,tsx}', '**/*.css'],
          future: {
            v3_fetcherPersist: true,
            v3_lazyRouteDiscovery: true,
            v3_relativeSplatPath: true,
            v3_singleFetch: true,
            v3_throwAbortReason: true,
          },
        }),
      ],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    sourcemap: false,
    // Three per cent smaller than the default; the first page's budget needs them (test/e2e/weight.test.ts).
    minify: 'terser',
    terserOptions: { compress: { passes: 2 } },
  },
  test: {
    // Two cores are enough; more workers would only make the server wait.
    maxWorkers: 2,
    passWithNoTests: true,
    // Nothing is timed: every limit is there to end a test that hangs, and a busy machine is no failure.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          setupFiles: ['test/support/fixed-seed.ts'],
          include: ['app/**/*.test.{ts,tsx}', 'test/{shopify,setup,support}/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 120_000 } },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/laws.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 240_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 120_000 } },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          // A click that meets a page in the middle of a change can be lost on a busy machine; a broken page fails thrice.
          retry: 2,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          expect: { poll: { timeout: 90_000 } },
        },
      },
    ],
  },
});
