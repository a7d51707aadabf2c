/**
 * Everything on one port, for a small installation: webhooks go to the edge, the rest to the pages, and the worker runs
 * beside as a process of its own. Run by `npm start`; with `--dev` the pages come straight from the sources.
 */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

import { runProgram } from '#app/boot.ts';
import { kekHosts, openKeyring } from '#app/data/keks/open-keyring.ts';
import { createEdgeProgram } from '#app/ingest/edge/program.ts';
import { createLogger } from '#app/log.ts';
import { guardOutbound } from '#app/outbound.ts';
import { EXIT_CODES, readSettings } from '#app/settings.ts';
import { VERSION } from '#app/version.ts';
import { keepRunning } from '#app/web/child-program.ts';
import { answerHealth } from '#app/web/health.ts';
import { createWebProgram } from '#app/web/program.ts';
import { serve } from '#app/web/serve.ts';

const isDev = process.argv.includes('--dev');
const DEV_GRACE_MS = 200;

await runProgram(async () => {
  const settings = readSettings(isDev ? withoutTunnelHost(process.env) : process.env, 'start');
  const log = createLogger({ level: settings.logLevel, fields: { program: 'start' } });
  const { databaseUrl, host, port, proxies } = settings;
  const keyring = await openKeyring(settings.keks, settings);
  const shopify = {
    apiKey: settings.shopifyApiKey,
    apiSecret: settings.shopifyApiSecret,
    appUrl: settings.shopifyAppUrl,
  };

  // In production something in front ends TLS. Unstated, everybody who visits counts as one.
  if (settings.isProduction && proxies === 0) log.warn('web.proxies-unstated');
  const server = createServer();
  server.keepAliveTimeout = 75_000;
  if (!isDev) guardOutbound(log, kekHosts(keyring));
  const edge = await createEdgeProgram({
    databaseUrl,
    keyring,
    apiSecret: shopify.apiSecret,
    otherApiSecret: settings.otherShopifyApiSecret,
    log,
  });
  const options = { databaseUrl, keyring, shopify, log, proxies };
  const web = await createWebProgram({ ...options, ...(isDev ? { devServer: server } : {}) });
  const serving = await serve(
    (req, res) => {
      if (answerHealth(edge.isHealthy, req, res)) return;
      if (req.url?.startsWith('/webhooks/') === true) edge.handle(req, res);
      else web.listener(req, res);
    },
    { host, port },
    server,
  );
  const worker = keepRunning(workerArguments(), {
    log,
    onHopeless: () => process.exit(EXIT_CODES.settings),
  });
  log.info('start.listening', { host, port: serving.port, version: VERSION });
  return async () => {
    // A browser never lets go of Vite's own connection, so there the pages end first; and who types does not wait.
    if (isDev) await web.close();
    await Promise.all([serving.stop(isDev ? DEV_GRACE_MS : undefined), worker.stop()]);
    await Promise.all([isDev ? null : web.close(), edge.close()]);
    log.info('start.stopped');
  };
});

/** The worker lies beside this file, as source or built, and runs with the room and the source maps that this program was given. */
function workerArguments(): string[] {
  const isSource = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(isSource ? './worker.ts' : './worker.js', import.meta.url));
  return [...process.execArgv, file];
}

/** Shopify's CLI says in HOST where its tunnel begins; here HOST is the address to listen on. */
function withoutTunnelHost({ HOST, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return HOST === undefined || URL.canParse(HOST) ? env : { ...env, HOST };
}
