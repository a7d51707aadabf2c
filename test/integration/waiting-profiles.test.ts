/** A copy holds what waits in the inbox about its person: it is theirs before anything of them is sorted in. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { meetStaff } from '#app/access/members.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { previewPackage } from '#app/privacy/package/fetch.ts';
import { htmlPage } from '#app/privacy/package/files/html.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { NOBODY } from '#app/privacy/requests/subject.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';

const SHOP = 'waiting.myshopify.com';
const OWNER = { staffId: '1', name: 'Owner', verifiedEmail: 'owner@waiting.example', isAccountOwner: true };
const [NOOR, BO] = ['7700000000001', '7700000000002'];

let world: IngestWorld;
let shopId: string;

beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
  await withShop(world.db, shopId, (tx) => meetStaff(tx, world.keyStore, shopId, OWNER, new Date()));
  for (const [id, email] of [
    [NOOR, 'noor@example.com'],
    [BO, 'bo@example.com'],
  ]) {
    const body = { id, email, first_name: 'Noor', last_name: 'Waiting', updated_at: new Date().toISOString() };
    expect(await world.post({ shop: SHOP, topic: 'customers/update', body: JSON.stringify(body) })).toBe(200);
  }
  await world.apply(shopId);
});
afterAll(() => world.close());

const gate = () => ({ db: world.db, keyStore: world.keyStore, clock: () => new Date() });

async function copyOf(customerId: string) {
  const requestId = await withShop(world.db, shopId, (tx) =>
    createRequest(sqlTxOfPrisma(tx), world.keyStore, shopId, {
      kind: 'access',
      source: 'merchant',
      regime: 'gdpr',
      scope: 'everything',
      subject: { ...NOBODY, customerIds: [customerId] },
      receivedAt: new Date(),
      actor: 'staff:0',
    }),
  );
  expect(await makePackage({ ...gate(), inboxKeys: world.inboxKeys }, shopId, requestId)).toBe('made');
  const document = await previewPackage(gate(), shopId, { staffId: OWNER.staffId, requestId: 'view' }, requestId);
  if (document === null) throw new Error('There is no copy');
  return document;
}
const records = async () =>
  world.superuser<{ page: string; value_count: number }>(
    `SELECT page, value_count FROM app.access_records WHERE fields = '{inbox.events.sealed.body}' ORDER BY seq`,
  );

it('and nothing of anybody else, on record', async () => {
  const document = await copyOf(NOOR);
  const waiting = document.sections.find(({ name }) => name === 'waitingProfiles');
  expect(waiting?.rows).toEqual([
    expect.objectContaining({ customerId: NOOR, email: 'noor@example.com', firstName: 'Noor', lastName: 'Waiting' }),
  ]);
  expect(waiting?.fields.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['customerId', 'email', 'firstName', 'lastName']),
  );
  expect(waiting?.kept).toContain('7 days');
  expect(htmlPage(document)).toContain('noor@example.com');
  expect(JSON.stringify(document)).not.toContain('bo@example.com');
  expect(await records()).toEqual([{ page: 'privacy.copy', value_count: 1 }]);
  // It waits on: a cart of theirs may come yet.
  expect(await world.superuser('SELECT 1 FROM inbox.events WHERE parked_ref IS NOT NULL')).toHaveLength(2);
});

it('where nothing waits, there is no such part, and nothing is opened', async () => {
  const document = await copyOf('7700000000003');
  expect(document.sections.map(({ name }) => name)).not.toContain('waitingProfiles');
  expect(await records()).toHaveLength(1);
});
