/**
 * `npm run dev`: the app from its sources, reloading while you type.
 *
 * Started by Shopify's CLI (`shopify app dev`), or with the app's credentials in the environment, it is Shopify's app of
 * that name; a database and a key are made up where the settings name none. Without credentials the stand-in plays
 * Shopify, as in the demo.
 */
import { parseDemoArguments, USAGE } from '#test/demo/arguments.ts';
import { runForShopify } from '#test/demo/for-shopify.ts';
import { runDemoInForeground } from '#test/demo/demo-in-foreground.ts';

const DIRECTORY = '.dev';

if (process.env.SHOPIFY_API_KEY) {
  await runForShopify(DIRECTORY);
} else {
  const parsed = parseDemoArguments(process.argv.slice(2), { directory: DIRECTORY, shoppers: 4 });
  if (typeof parsed === 'string') {
    process.stderr.write(`${parsed}\n${USAGE.replace('run demo', 'run dev').replace('.demo', DIRECTORY)}`);
    process.exitCode = 2;
  } else {
    await runDemoInForeground(parsed, 'sources');
  }
}
