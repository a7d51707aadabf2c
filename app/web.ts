/** The web program: the admin pages. Run by `npm run start:web`. */
import { runProgram } from '#app/boot.ts';
import { kekHosts, openKeyring } from '#app/data/keks/open-keyring.ts';
import { createLogger } from '#app/log.ts';
import { guardOutbound } from '#app/outbound.ts';
import { readSettings } from '#app/settings.ts';
import { VERSION } from '#app/version.ts';
import { createWebProgram } from '#app/web/program.ts';
import { serve } from '#app/web/serve.ts';

await runProgram(async () => {
  const settings = readSettings(process.env, 'web');
  const log = createLogger({ level: settings.logLevel, fields: { program: 'web' } });
  const keyring = await openKeyring(settings.keks, settings);
  guardOutbound(log, kekHosts(keyring));
  const web = await createWebProgram({
    databaseUrl: settings.databaseUrl,
    keyring,
    shopify: {
      apiKey: settings.shopifyApiKey,
      apiSecret: settings.shopifyApiSecret,
      appUrl: settings.shopifyAppUrl,
    },
    log,
    proxies: settings.proxies,
  });
  // In production something in front ends TLS. Unstated, everybody who visits counts as one.
  if (settings.isProduction && settings.proxies === 0) log.warn('web.proxies-unstated');
  const serving = await serve(web.listener, settings);
  log.info('web.listening', { host: settings.host, port: serving.port, version: VERSION });
  return async () => {
    await serving.stop();
    await web.close();
    log.info('web.stopped');
  };
});
