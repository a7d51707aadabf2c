/** Shopify is the source: a correction made there is one here, in the sealed values and in what people are found by. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { withShop } from '#app/data/with-shop.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { previewPackage } from '#app/privacy/package/fetch.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { NOBODY } from '#app/privacy/requests/subject.ts';
import { findSubject } from '#app/privacy/subject/find-subject.ts';
import { meetStaff } from '#app/access/members.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';
import { bodiesOf, shopper } from '#test/support/shoppers.ts';

const SHOP = 'correcting.myshopify.com';
let world: IngestWorld;
let shopId: string;
const gate = () => ({ db: world.db, keyStore: world.keyStore, clock: () => new Date() });

beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
});
afterAll(() => world.close());

const found = async (email: string) =>
  (
    await withShop(world.db, shopId, (tx) =>
      findSubject(sqlTxOfPrisma(tx), world.keyStore, shopId, { emails: [email] }),
    )
  ).personIds;

it('a corrected name and address stand in the copy, and the person is found by the new address only', async () => {
  const amina = shopper();
  for (const [topic, body] of bodiesOf(amina)) await world.post({ shop: SHOP, topic, body: JSON.stringify(body) });
  await world.apply(shopId);
  const [personId] = await found(amina.email);
  expect(personId).toBeDefined();

  const at = new Date(Date.now() + 60_000).toISOString();
  const corrected = { first_name: 'Corrected', last_name: 'Name', email: `new.${amina.email}`, updated_at: at };
  const update = { id: Number(amina.customerId), ...corrected };
  await world.post({ shop: SHOP, topic: 'customers/update', body: JSON.stringify(update) });
  await world.apply(shopId);

  expect(await found(corrected.email)).toEqual([personId]);
  expect(await found(amina.email)).toEqual([]);
  const owner = { staffId: '1', name: 'Owner', verifiedEmail: 'owner@clay.example', isAccountOwner: true };
  const requestId = await withShop(world.db, shopId, async (tx) => {
    await meetStaff(tx, world.keyStore, shopId, owner, new Date());
    return createRequest(sqlTxOfPrisma(tx), world.keyStore, shopId, {
      kind: 'access',
      source: 'merchant',
      regime: 'gdpr',
      scope: 'everything',
      subject: { ...NOBODY, customerIds: [amina.customerId] },
      receivedAt: new Date(),
      actor: 'staff:test',
    });
  });
  await makePackage(gate(), shopId, requestId);
  const copy = await previewPackage(gate(), shopId, { staffId: '1', requestId: 'view' }, requestId);
  expect(copy?.sections.find(({ name }) => name === 'identity')?.rows).toMatchObject([
    { firstName: 'Corrected', lastName: 'Name', email: corrected.email },
  ]);
});
