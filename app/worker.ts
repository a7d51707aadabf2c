/** The worker program: takes the inbox apart and runs the schedule. Run by `npm run start:worker`. */
import { runProgram } from '#app/boot.ts';
import { kekHosts, openKeyring } from '#app/data/keks/open-keyring.ts';
import { createLogger } from '#app/log.ts';
import { guardOutbound } from '#app/outbound.ts';
import { readSettings } from '#app/settings.ts';
import { healthListener } from '#app/web/health.ts';
import { serve } from '#app/web/serve.ts';
import { startWorkerProgram } from '#app/worker/program.ts';

/** Somebody who only looks has nothing to lose. */
const HEALTH_GRACE_MS = 500;

await runProgram(async () => {
  const settings = readSettings(process.env, 'worker');
  const log = createLogger({ level: settings.logLevel, fields: { program: 'worker' } });
  const keyring = await openKeyring(settings.keks, settings);
  guardOutbound(log, kekHosts(keyring));
  const worker = await startWorkerProgram({
    databaseUrl: settings.databaseUrl,
    keyring,
    shopify: { apiKey: settings.shopifyApiKey, apiSecret: settings.shopifyApiSecret },
    backupDays: settings.backupDays,
    mail: settings.mail,
    log,
    checkpointDirectory: settings.checkpointDirectory,
  });
  const { host, workerPort: port } = settings;
  const health = port === null ? null : await serve(healthListener(worker.isHealthy), { host, port });
  return async () => {
    await worker.stop();
    await health?.stop(HEALTH_GRACE_MS);
    log.info('worker.stopped');
  };
});
