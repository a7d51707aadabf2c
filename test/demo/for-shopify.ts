import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

import { Crew } from '#test/demo/crew.ts';
import { startDatabase } from '#test/demo/database.ts';
import { runInForeground } from '#test/demo/foreground.ts';
import { clearLeftOvers, keepFolder, leaveFolder, takeFolder } from '#test/demo/lock.ts';
import { ROOT, sourceProgram } from '#test/demo/programs.ts';
import { keepSecrets } from '#test/demo/secrets.ts';
import { watchSources } from '#test/demo/watch-sources.ts';

/**
 * The app from its sources for a real development store: Shopify's CLI has put credentials, address and port into the
 * environment. A database and a key of our own stand in where no setting names others.
 */
export function runForShopify(given: string): Promise<void> {
  return runInForeground(async (ending) => {
    const directory = resolve(given);
    mkdirSync(directory, { recursive: true });
    takeFolder(directory);
    await clearLeftOvers(directory);
    keepFolder(directory, null);
    await ending.add(() => leaveFolder(directory));

    const { env } = process;
    const secrets = keepSecrets(directory);
    let databaseUrl = env['DATABASE_URL'];
    if (!databaseUrl) {
      console.log('Starting PostgreSQL ...');
      const database = await startDatabase(directory, secrets.loginPassword, () => undefined);
      await ending.add(() => database.stop());
      keepFolder(directory, database.server.socketDirectory);
      databaseUrl = database.url;
    }
    const crew = new Crew(directory, ending, (line) => {
      if (!ending.hasBegun) console.log(line);
    });
    const inherited = Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])),
    );
    await crew.start('app', {
      args: sourceProgram(ROOT),
      isLoud: true,
      env: {
        NODE_ENV: 'development',
        ...inherited,
        DATABASE_URL: databaseUrl,
        CART_INSIGHTS_KEKS: env['CART_INSIGHTS_KEKS'] || secrets.keks,
        // The CLI names its tunnel in HOST.
        SHOPIFY_APP_URL: env['SHOPIFY_APP_URL'] || env['HOST'] || '',
      },
    });
    await ending.add(watchSources(ROOT, () => crew.restart(['app'])));
  });
}
