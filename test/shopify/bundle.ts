import { buildSync } from 'esbuild';
import { fileURLToPath } from 'node:url';

/** One classic script for the browser from TypeScript beside this file; `entry` is relative to test/shopify. */
export function bundleForBrowser(entry: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  const [script] = outputFiles;
  if (!script) throw new Error(`esbuild made nothing of ${entry}`);
  return script.text;
}
