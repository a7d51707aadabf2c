import { parseLines } from '#app/carts/line.ts';
import { listCarts } from '#app/carts/list.ts';
import { statePlace } from '#app/carts/places.ts';
import { personPlace } from '#app/customers/people-store.ts';
import { KeyStore } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, openDatabase, withShop } from '#app/data/with-shop.ts';
import { openJson } from '#app/vault/sealed-json.ts';
import type { LoadPlan } from '#test/bench/load/plan.ts';
import { FieldEncryptionPeer } from '#test/bench/peers/field-encryption.ts';
import { GateError, type Row } from '#test/bench/row.ts';
import { fillThrough } from '#test/bench/world/fill.ts';
import { addPeerTables } from '#test/bench/world/peer-tables.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';

const STEPS = 3;
const PAGES = 20;

export const listSealed: Row = {
  name: 'list-sealed',
  title: 'A list page of 50 carts, their people and contents encrypted at rest',
  run: async ({ bench, rounds, isQuick, say }) => {
    const carts = isQuick ? 500 : 5_000;
    const world = await bench.openWorld(1);
    const shopId = world.shopIds[0] ?? '';
    const plan: LoadPlan = { name: 'ls', shopCount: 1, updatesPerCart: STEPS, baseMs: Date.now(), boughtShare: 1 };
    const settings = await addPeerTables(world);
    const peer = await FieldEncryptionPeer.open(settings.databaseUrl);
    const db = openDatabase({ url: world.database.url, applicationName: 'bench', max: 2 });
    try {
      await fillThrough(world, plan, carts * STEPS);
      await peer.fill(plan, carts);
      for (const table of ['app.carts', 'app.cart_states', 'app.people', 'keys.subject_keys', 'peer."EncryptedCart"']) {
        await world.query(`VACUUM (FULL, ANALYZE) ${table}`);
      }
      const keyStore = new KeyStore(world.keyring);
      const figures = { shown: [] as number[], opened: [] as number[], peer: [] as number[] };
      for (let round = 0; round <= rounds; round += 1) {
        const shown = await msPerPage(() => shownPage(db, shopId));
        const opened = await msPerPage(() => openedPage(db, keyStore, shopId));
        const theirs = await msPerPage(() => peer.page());
        say(
          `list-sealed round ${String(round)}: shown ${shown.toFixed(2)}, opened ${opened.toFixed(2)}, peer ${theirs.toFixed(2)} ms`,
        );
        if (round === 0) continue;
        figures.shown.push(shown);
        figures.opened.push(opened);
        figures.peer.push(theirs);
      }
      // The peer has neither checkouts nor orders; ours have keys of their own, which are not what is compared.
      await world.query(`DELETE FROM keys.subject_keys WHERE scope NOT IN ('cart', 'person')`);
      await world.query('VACUUM (FULL) keys.subject_keys');
      const page = { unit: 'ms', peerName: 'prisma-field-encryption', peer: figures.peer } as const;
      return [
        {
          metric: 'the page as the product shows it: nothing opened',
          ...page,
          ours: figures.shown,
          target: { on: 'ratio', atMost: 0.25 },
        },
        {
          metric: 'with 50 names, e-mails and contents opened',
          ...page,
          ours: figures.opened,
          target: { on: 'ratio', atMost: 0.25 },
        },
        {
          metric: 'on disk: carts, people, contents, their keys, indexes',
          unit: 'bytes per cart',
          ours: [(await sizeOf(world, ['app.carts', 'app.cart_states', 'app.people', 'keys.subject_keys'])) / carts],
          peerName: 'prisma-field-encryption',
          peer: [(await sizeOf(world, ['peer."EncryptedCart"'])) / carts],
          target: { on: 'ratio', atMost: 0.6 },
        },
      ];
    } finally {
      await db.close();
      await peer.close();
      await world.close();
    }
  },
};

async function msPerPage(read: () => Promise<number>): Promise<number> {
  const since = performance.now();
  for (let at = 0; at < PAGES; at += 1) {
    const rows = await read();
    if (rows !== 50) throw new GateError(`A page had ${String(rows)} rows`);
  }
  return (performance.now() - since) / PAGES;
}

const SETTINGS = { idleAfterMinutes: 60, nowMs: Date.now() };

async function shownPage(db: Database, shopId: string): Promise<number> {
  return (await listCarts(db, shopId, { view: 'all', code: null, after: null }, SETTINGS)).rows.length;
}

/** The page, and the people and newest contents of its carts opened under their own keys. */
async function openedPage(db: Database, keyStore: KeyStore, shopId: string): Promise<number> {
  const list = await listCarts(db, shopId, { view: 'all', code: null, after: null }, SETTINGS);
  const ids = list.rows.map((row) => row.id);
  return withShop(db, shopId, async (tx) => {
    const sql = sqlTxOfPrisma(tx);
    const rows = await sql.query<OpenedRow>(
      `SELECT c.id, p.id AS person_id, p.sealed AS person, s.changed_at, s.digest, s.sealed AS state
       FROM app.carts c JOIN app.people p ON p.shop_id = c.shop_id AND p.id = c.person_id
       CROSS JOIN LATERAL (SELECT changed_at, digest, sealed FROM app.cart_states s
         WHERE s.shop_id = c.shop_id AND s.cart_id = c.id ORDER BY changed_at DESC LIMIT 1) AS s
       WHERE c.shop_id = $1::uuid AND c.id = ANY ($2::uuid[])`,
      [shopId, ids],
    );
    const cartKeys = await keyStore.subjectKeys(sql, shopId, 'cart', ids);
    const personKeys = await keyStore.subjectKeys(
      sql,
      shopId,
      'person',
      rows.map((row) => row.person_id),
    );
    let opened = 0;
    for (const row of rows) {
      const cartKey = cartKeys.get(row.id);
      const personKey = personKeys.get(row.person_id);
      if (cartKey === undefined || personKey === undefined) throw new GateError('A key is missing');
      const place = statePlace(shopId, row.id, new Date(row.changed_at), Buffer.from(row.digest));
      const { lines } = openJson(cartKey.key, row.state, place) as { lines: unknown };
      const person = openJson(personKey.key, row.person, personPlace(shopId, row.person_id)) as {
        v: { email: string };
      };
      if (parseLines(lines).length > 0 && person.v.email !== '') opened += 1;
    }
    return opened;
  });
}

interface OpenedRow {
  readonly id: string;
  readonly person_id: string;
  readonly person: Uint8Array;
  readonly changed_at: Date;
  readonly digest: Uint8Array;
  readonly state: Uint8Array;
}

async function sizeOf(world: BenchWorld, tables: readonly string[]): Promise<number> {
  const [row] = await world.query<{ bytes: string }>(
    'SELECT sum(pg_total_relation_size(name::regclass))::text AS bytes FROM unnest($1::text[]) AS name',
    [tables],
  );
  return Number(row?.bytes ?? NaN);
}
