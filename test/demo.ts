/**
 * `npm run demo`: Cart Insights with a database, a stand-in for Shopify and people who shop, on this machine alone.
 * Runs until Ctrl-C; then nothing is left but the data in `.demo`.
 */
import { parseDemoArguments, USAGE } from '#test/demo/arguments.ts';
import { runDemoInForeground } from '#test/demo/demo-in-foreground.ts';

const parsed = parseDemoArguments(process.argv.slice(2), { directory: '.demo', shoppers: 12 });
if (typeof parsed === 'string') {
  process.stderr.write(`${parsed}\n${USAGE}`);
  process.exitCode = 2;
} else {
  await runDemoInForeground(parsed, 'built');
}
