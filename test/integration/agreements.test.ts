import { randomUUID } from 'node:crypto';

import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Acceptance, acceptAgreement } from '#app/privacy/agreements/accept.ts';
import { listDelegates, nameDelegate, removeDelegate } from '#app/privacy/agreements/delegates.ts';
import { onboardingState } from '#app/privacy/agreements/onboarding.ts';
import type { Signer } from '#app/privacy/agreements/signer.ts';
import { CURRENT_AGREEMENT } from '#app/privacy/agreements/versions.ts';
import { SHOPS_CHANNEL } from '#app/data/channels.ts';
import { recordInstallation, recordUninstallation } from '#app/shopify/installation.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const AT = new Date('2026-11-23T10:00:00Z');
const OWNER: Signer = {
  staffId: '901',
  name: 'Maren Lindqvist',
  verifiedEmail: 'maren@clay.example',
  isAccountOwner: true,
};
const COLLEAGUE: Signer = {
  staffId: '902',
  name: 'Ivo Baptista',
  verifiedEmail: 'ivo@clay.example',
  isAccountOwner: false,
};

let world: ShopWorld;
let shopId: string;
let domain: string;

beforeAll(async () => {
  world = await openShopWorld();
});
afterAll(async () => {
  await world.close();
});
beforeEach(async () => {
  domain = `clay-${randomUUID().slice(0, 8)}.myshopify.com`;
  shopId = await ensureShop(world.db, domain);
  await install(new Date('2026-11-23T09:00:00Z'));
});

function install(at: Date) {
  return withShop(world.db, shopId, (tx) =>
    recordInstallation(sqlTxOfPrisma(tx), shopId, { grantedScopes: ['read_orders'], at }),
  );
}

function accept(change: Partial<Acceptance> = {}) {
  const { version, sha256 } = CURRENT_AGREEMENT;
  const acceptance = { signer: OWNER, contactEmail: 'privacy@clay.example', version, sha256, at: AT, ...change };
  return withShop(world.db, shopId, (tx) => acceptAgreement(tx, world.keyStore, shopId, acceptance));
}

function state(viewer: Signer = OWNER) {
  return withShop(world.db, shopId, (tx) => onboardingState(tx, world.keyStore, shopId, viewer));
}

function name(email: string, signer: Signer = OWNER) {
  return withShop(world.db, shopId, (tx) => nameDelegate(tx, world.keyStore, shopId, { signer, email, at: AT }));
}

const acceptances = () =>
  world.superuser<{ epoch: number; signer_role: string; ended_at: Date | null; sealed: Buffer }>(
    'SELECT epoch, signer_role, ended_at, sealed FROM app.agreement_acceptances WHERE shop_id = $1 ORDER BY id',
    [shopId],
  );

describe('accepting the agreement', () => {
  it('starts processing, and tells every program', async () => {
    const listener = new pg.Client({ connectionString: world.database.superuserUrl });
    await listener.connect();
    const told: (string | undefined)[] = [];
    listener.on('notification', ({ payload }) => told.push(payload));
    await listener.query(`LISTEN ${SHOPS_CHANNEL}`);

    expect(await state()).toMatchObject({
      isInstalled: true,
      isOnboarded: false,
      acceptance: null,
      contactEmail: null,
    });
    expect(await accept()).toEqual({ ok: true, isNew: true });
    expect(await state()).toMatchObject({
      isOnboarded: true,
      contactEmail: 'privacy@clay.example',
      acceptance: {
        version: CURRENT_AGREEMENT.version,
        sha256: CURRENT_AGREEMENT.sha256,
        acceptedAt: AT,
        signerRole: 'account-owner',
        signerName: 'Maren Lindqvist',
        isCurrent: true,
      },
    });
    await listener.query('SELECT 1');
    await listener.end();
    expect(told).toEqual([domain]);
  });

  it('is done once, however often it is clicked', async () => {
    const results = await Promise.all([accept(), accept(), accept()]);
    expect(results.filter((result) => result.ok && result.isNew)).toHaveLength(1);
    expect(results.every((result) => result.ok)).toBe(true);
    expect(await acceptances()).toHaveLength(1);
  });

  it('keeps the signer sealed', async () => {
    await accept();
    const [row] = await acceptances();
    expect(row?.sealed.includes('Maren')).toBe(false);
    expect(row?.sealed.includes('maren@clay.example')).toBe(false);
  });

  it.each([
    ['another text was shown', { sha256: 'ab'.repeat(32) }, 'agreement-changed'],
    ['an older version was shown', { version: '2020-01-01' }, 'agreement-changed'],
    ['the contact is no address', { contactEmail: 'privacy at clay' }, 'contact-invalid'],
    ['the contact is two addresses', { contactEmail: 'a@clay.example, b@clay.example' }, 'contact-invalid'],
    ['a colleague signs whom nobody named', { signer: COLLEAGUE }, 'not-authorised'],
    ['Shopify has not verified the address', { signer: { ...COLLEAGUE, verifiedEmail: null } }, 'email-unverified'],
  ])('is refused, and stores nothing, when %s', async (_, change, reason) => {
    expect(await accept(change)).toEqual({ ok: false, reason });
    expect(await acceptances()).toEqual([]);
    expect(await state()).toMatchObject({ isOnboarded: false, contactEmail: null });
  });

  it('is refused after an uninstallation', async () => {
    await uninstall();
    expect(await accept()).toEqual({ ok: false, reason: 'not-installed' });
  });

  it('is asked for again after a new installation; the contact is remembered', async () => {
    await accept();
    await uninstall();
    await install(new Date('2026-11-25T09:00:00Z'));
    expect(await state()).toMatchObject({ isOnboarded: false, acceptance: null, contactEmail: 'privacy@clay.example' });
    expect(await accept({ at: new Date('2026-11-25T09:05:00Z') })).toEqual({ ok: true, isNew: true });
    expect((await acceptances()).map(({ epoch, ended_at }) => [epoch, ended_at === null])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  function uninstall() {
    const at = new Date('2026-11-24T09:00:00Z');
    return withShop(world.db, shopId, (tx) =>
      recordUninstallation(sqlTxOfPrisma(tx), shopId, { triggeredAt: at, receivedAt: at }),
    );
  }
});

describe('delegates', () => {
  it('may accept, and the record says who named them', async () => {
    expect(await name('Ivo@Clay.example ')).toMatchObject({ ok: true });
    expect((await state(COLLEAGUE)).standing).toEqual({
      role: 'delegate',
      namedBy: { staffId: '901', name: 'Maren Lindqvist' },
    });
    expect(await accept({ signer: COLLEAGUE })).toEqual({ ok: true, isNew: true });
    expect(await state(COLLEAGUE)).toMatchObject({
      acceptance: { signerRole: 'delegate', signerName: 'Ivo Baptista', signerEmail: 'ivo@clay.example' },
    });
  });

  it('need an address that Shopify has verified', async () => {
    await name('ivo@clay.example');
    const unverified = { ...COLLEAGUE, verifiedEmail: null };
    expect(await accept({ signer: unverified })).toEqual({ ok: false, reason: 'email-unverified' });
  });

  it('are named once, whatever the spelling', async () => {
    const [first, second] = [await name('ivo@clay.example'), await name('IVO@clay.example')];
    expect(second).toEqual(first);
    const delegates = await withShop(world.db, shopId, (tx) => listDelegates(tx, world.keyStore, shopId));
    expect(delegates.map(({ email }) => email)).toEqual(['ivo@clay.example']);
  });

  it('are named and removed by the account owner only', async () => {
    expect(await name('eve@clay.example', COLLEAGUE)).toEqual({ ok: false, reason: 'not-owner' });
    expect(await name('no address')).toEqual({ ok: false, reason: 'email-invalid' });
    const named = await name('ivo@clay.example');
    if (!named.ok) throw new Error('not named');
    const remove = (signer: Signer, id: string) =>
      withShop(world.db, shopId, (tx) => removeDelegate(tx, shopId, { signer, id }));
    expect(await remove(COLLEAGUE, named.id)).toEqual({ ok: false, reason: 'not-owner' });
    expect(await remove(OWNER, 'nobody')).toEqual({ ok: false, reason: 'not-found' });
    expect(await remove(OWNER, named.id)).toEqual({ ok: true });
    expect(await remove(OWNER, named.id)).toEqual({ ok: false, reason: 'not-found' });
    expect(await accept({ signer: COLLEAGUE })).toEqual({ ok: false, reason: 'not-authorised' });
  });
});
