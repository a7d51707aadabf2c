/**
 * The stand-in as a process of its own: `node test/shopify/main.ts options.json`, where the file holds ShopifyOptions
 * as JSON. Prints one JSON line when everything listens; ends on SIGTERM or SIGINT and when its parent goes away (the
 * channel to it closes or, with the option `endWithParent`, standard input).
 */
import { readFileSync } from 'node:fs';
import { startShopify, type ShopifyOptions } from './index.ts';

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('Usage: node test/shopify/main.ts options.json\n');
  process.exit(2);
}
const { endWithParent = false, ...options } = JSON.parse(readFileSync(file, 'utf8')) as ShopifyOptions & {
  endWithParent?: boolean;
};
const shopify = await startShopify(options);

let ending = false;
const end = async (): Promise<void> => {
  if (ending) return;
  ending = true;
  for (const what of shopify.unexpectedOutbound) process.stderr.write(`Unexpected: ${what}\n`);
  await shopify.close();
  process.exit(0);
};
process.on('SIGTERM', () => void end());
process.on('SIGINT', () => void end());
// Whoever started it with a channel is gone.
process.on('disconnect', () => void end());
if (endWithParent) process.stdin.on('end', () => void end()).resume();

const { adminUrl, appUrl, proxyUrl, caFile, environment } = shopify;
process.stdout.write(`${JSON.stringify({ adminUrl, appUrl, proxyUrl, caFile, environment, pid: process.pid })}\n`);
