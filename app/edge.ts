/** The edge program: answers Shopify's webhooks. Run by `npm run start:edge`. */
import { createServer } from 'node:http';

import { runProgram } from '#app/boot.ts';
import { openKeyring } from '#app/data/keks/open-keyring.ts';
import { createEdgeProgram } from '#app/ingest/edge/program.ts';
import { createLogger } from '#app/log.ts';
import { readSettings } from '#app/settings.ts';
import { VERSION } from '#app/version.ts';
import { answerHealth } from '#app/web/health.ts';
import { serve } from '#app/web/serve.ts';

await runProgram(async () => {
  const settings = readSettings(process.env, 'edge');
  const log = createLogger({ level: settings.logLevel, fields: { program: 'edge' } });
  const edge = await createEdgeProgram({
    databaseUrl: settings.databaseUrl,
    keyring: await openKeyring(settings.keks, settings),
    apiSecret: settings.shopifyApiSecret,
    otherApiSecret: settings.otherShopifyApiSecret,
    log,
  });
  // Looked at often enough that the limits below mean what they say.
  const server = createServer({ connectionsCheckingInterval: 2_000 });
  server.keepAliveTimeout = 75_000;
  server.headersTimeout = 10_000;
  const serving = await serve(
    (req, res) => {
      if (!answerHealth(edge.isHealthy, req, res)) edge.handle(req, res);
    },
    { host: settings.host, port: settings.edgePort },
    server,
  );
  log.info('edge.listening', { host: settings.host, port: serving.port, version: VERSION });
  return async () => {
    await serving.stop();
    await edge.close();
    log.info('edge.stopped');
  };
});
