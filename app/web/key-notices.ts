import { poolConfig } from '#app/data/connection.ts';
import { KEYS_CHANNEL } from '#app/data/channels.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { Listener } from '#app/data/listener.ts';
import type { AppLog } from '#app/log.ts';

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
  const listener = new Listener({
    config: poolConfig(databaseUrl, 'ci_app', { applicationName: 'cart-insights web notices' }),
    channels: [KEYS_CHANNEL],
    onNotice: (_channel, shopId) => {
      keyStore.forget(shopId);
    },
    onListening: () => {
      keyStore.forgetAll();
    },
    onLost: () => {
      log.warn('database.connection-lost', {});
    },
  });
  await listener.start();
  return () => listener.stop();
}
