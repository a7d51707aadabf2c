import pg from 'pg';

import { poolConfig } from '#app/data/connection.ts';
import { KEYS_CHANNEL, type KeyStore } from '#app/data/keys.ts';
import type { AppLog } from '#app/log.ts';

const RECONNECT_MS = 1_000;

/**
 * Makes the key store forget a shop's keys as soon as another program says that they changed. A notice may be missed
 * while the connection is lost; so with a new one everything remembered goes.
 *
 * @returns what ends the listening.
 * @throws the database's error when the first connection fails.
 */
export async function listenForKeyNotices(
  databaseUrl: string,
  keyStore: Pick<KeyStore, 'forget' | 'forgetAll'>,
  log: AppLog,
): Promise<() => Promise<void>> {
  let current: pg.Client | null = null;
  let retry: NodeJS.Timeout | undefined;
  let isStopped = false;

  const connect = async (): Promise<void> => {
    const client = new pg.Client(poolConfig(databaseUrl, 'ci_app', { applicationName: 'cart-insights web notices' }));
    client.on('notification', ({ payload = '' }) => {
      keyStore.forget(payload);
    });
    client.on('error', () => {
      log.warn('database.connection-lost', {});
    });
    client.on('end', () => {
      if (current === client && !isStopped) scheduleRetry();
    });
    await client.connect();
    await client.query(`LISTEN ${KEYS_CHANNEL}`);
    current = client;
    keyStore.forgetAll();
  };
  const scheduleRetry = (): void => {
    retry = setTimeout(() => {
      connect().catch(() => {
        if (!isStopped) scheduleRetry();
      });
    }, RECONNECT_MS);
  };

  await connect();
  return async () => {
    isStopped = true;
    clearTimeout(retry);
    await current?.end();
  };
}
