/** The worker program: takes the inbox apart and runs the schedule. Run by `npm run start:worker`. */
import { runProgram } from '#app/boot.ts';
import { kekHosts, openKeyring } from '#app/data/keks/open-keyring.ts';
import { createLogger } from '#app/log.ts';
import { guardOutbound } from '#app/outbound.ts';
import { readSettings } from '#app/settings.ts';
import { startWorkerProgram } from '#app/worker/program.ts';

await runProgram(async () => {
  const settings = readSettings(process.env, 'worker');
  const log = createLogger({ level: settings.logLevel, fields: { program: 'worker' } });
  const keyring = await openKeyring(settings.keks, settings);
  guardOutbound(log, kekHosts(keyring));
  const worker = await startWorkerProgram({
    databaseUrl: settings.databaseUrl,
    keyring,
    shopify: {
      apiKey: settings.shopifyApiKey,
      apiSecret: settings.shopifyApiSecret,
      appUrl: settings.shopifyAppUrl,
    },
    backupDays: settings.backupDays,
    mail: settings.mail,
    log,
    checkpointDirectory: settings.checkpointDirectory,
  });
  return worker.stop;
});
