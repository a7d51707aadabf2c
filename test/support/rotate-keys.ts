/** A rotation as a process of its own, to be killed: what `keys:rotate-kek` and `keys:reencrypt` do, without their long wait, or `keys:rotate-index` with it. */
import pg from 'pg';

import { poolConfig } from '#app/data/connection.ts';
import { KeyStore } from '#app/data/keys.ts';
import type { DatabaseRole } from '#app/data/roles.ts';
import { openDatabase } from '#app/data/with-shop.ts';
import type { OpsContext } from '#app/ops/command.ts';
import { rotateEveryShop } from '#app/ops/keys/rotate-every-shop.ts';
import { rotateIndex } from '#app/ops/keys/rotate-index.ts';
import { rotateKek } from '#app/ops/keys/rotate-kek.ts';
import { parseKeyring } from '#app/vault/keyring.ts';

/** The test's transactions take milliseconds; the real wait is for programs that remember keys for minutes. */
const SETTLE_MS = 5_000;

const url = process.env['DATABASE_URL'] ?? '';
const keyring = parseKeyring(process.env['CART_INSIGHTS_KEKS'] ?? '');
const pools = new Map<DatabaseRole, pg.Pool>();
const pool = (role: DatabaseRole): pg.Pool => {
  const opened = pools.get(role) ?? new pg.Pool(poolConfig(url, role, { applicationName: 'rotation', max: 2 }));
  pools.set(role, opened);
  return opened;
};
const db = openDatabase({ url, applicationName: 'rotation', max: 1 });
const context: OpsContext = {
  db,
  keyring,
  keyStore: new KeyStore(keyring),
  pool,
  deployPool: () => pool('ci_app'),
  scanPaths: [],
  backupDays: null,
  now: () => new Date(),
  operator: 'test',
  readInput: async () => '',
  progress: () => undefined,
};
const what = process.env['ROTATE'] ?? '';
if (what === 'kek') await rotateKek(context, false);
else if (what.startsWith('index:')) await rotateIndex(context, what.slice('index:'.length));
else await rotateEveryShop(context, 'reencrypt', { settleMs: SETTLE_MS });
await Promise.all([...pools.values()].map((opened) => opened.end()));
await db.close();
