/** Links to a copy for somebody whose shop has gone: issued on record, fetched once, and nothing told to anybody else. */
import { randomUUID } from 'node:crypto';

import { unzipSync } from 'fflate';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createRateLimits, PER_MINUTE } from '#app/access/rate-limits.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { type OpsContext, type OpsOptions, UsageError } from '#app/ops/command.ts';
import { packageLinkCommand } from '#app/ops/package-link.ts';
import { fetchByLink, LINK_HOURS } from '#app/privacy/package/links.ts';
import { getPackage } from '#app/privacy/package/store.ts';
import { PRESET_TERMS } from '#app/privacy/retention.ts';
import { saveSettings } from '#app/privacy/retention/settings.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { pauseRequest } from '#app/privacy/requests/move.ts';
import { readRequest } from '#app/privacy/requests/read.ts';
import { readSteps } from '#app/privacy/requests/steps.ts';
import { NOBODY } from '#app/privacy/requests/subject.ts';
import { action, loader as lookAtArchive } from '#app/routes/copy.$token_.archive.ts';
import { loader as lookAtPage } from '#app/routes/copy.$token.tsx';
import { openOpsDesk, type OpsDesk } from '#test/support/ops-context.ts';
import { onboardShop } from '#test/support/pipeline.ts';
import { line, seedCarts } from '#test/support/seed-carts.ts';
import { forceShopStatus } from '#test/support/shop-status.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const OWNER = { staffId: '1', name: 'Owner', verifiedEmail: 'owner@clay.example', isAccountOwner: true };
const EMAIL = 'shopper.amina@example.com';
const APP_URL = 'https://app.example';

let world: ShopWorld;
let desk: OpsDesk;
let domain: string;
let shopId: string;
let now: Date;

beforeAll(async () => {
  world = await openShopWorld();
  desk = openOpsDesk(world);
});
beforeEach(async () => {
  now = new Date();
  domain = `gone-${randomUUID().slice(0, 8)}.myshopify.com`;
  shopId = await onboardShop(world, domain, OWNER, 'privacy@clay.example');
  await seedCarts(world, shopId, [
    { states: [{ atMs: 1, lines: [line('Blue mug', 1, 1)] }], personCode: '7F3K', checkout: { atMs: 2, email: EMAIL } },
  ]);
  await setStatus('uninstalled');
});
afterAll(async () => {
  await desk.close();
  await world.close();
});

const services = () => ({ db: world.db, keyStore: world.keyStore, clock: () => now });
const setStatus = (status: string, id = shopId) =>
  world.superuser(
    `UPDATE app.shops SET status = $2::text, uninstalled_at = CASE WHEN $2::text = 'installed' THEN NULL ELSE now() END
     WHERE id = $1`,
    [id, status],
  );
const inShop = <T>(work: (sql: ReturnType<typeof sqlTxOfPrisma>) => Promise<T>, id = shopId) =>
  withShop(world.db, id, (tx) => work(sqlTxOfPrisma(tx)));
const stateOf = async (id: string) => (await inShop((sql) => readRequest(sql, shopId, id)))?.state;
const pagesOf = (chain: string) =>
  world.superuser<{ page: string; actor: string; outcome: string; reason: string | null; about: string | null }>(
    `SELECT page, actor, outcome, reason, about_shop AS about FROM app.access_records WHERE shop_id = $1 ORDER BY seq`,
    [chain],
  );

async function ask(kind: 'access' | 'erasure' = 'access', id = shopId) {
  const people = await world.superuser<{ id: string }>('SELECT id FROM app.people WHERE shop_id = $1', [id]);
  return inShop(
    (sql) =>
      createRequest(sql, world.keyStore, id, {
        ...{ kind, source: 'individual', regime: 'gdpr', receivedAt: now, actor: 'individual' },
        scope: kind === 'access' ? 'everything' : null,
        subject: { ...NOBODY, emails: [EMAIL], personIds: people.map((person) => person.id) },
      }),
    id,
  );
}

function issue(requestId: string, options: OpsOptions = {}, more: Partial<OpsContext> = {}) {
  const context = { ...desk.context, appUrl: APP_URL, now: () => now, ...more };
  return packageLinkCommand.run(context, [requestId], { shop: domain, 'checked-by': 'mail-answered', ...options });
}
async function tokenFor(requestId: string): Promise<string> {
  const { url } = (await issue(requestId)).data as { url: string };
  expect(url).toMatch(new RegExp(`^${APP_URL}/copy/[\\w-]{64}$`));
  return url.slice(url.lastIndexOf('/') + 1);
}

type Args = Parameters<typeof action>[0];
const argsFor = (token: string, limits = createRateLimits()) =>
  ({
    request: new Request(`${APP_URL}/copy/${token}/archive`, { method: 'POST' }),
    params: { token },
    context: { ...services(), limits, clientAddress: '192.0.2.7', requestId: uuidv7() },
  }) as unknown as Args;
const press = (token: string) => action(argsFor(token));
async function told(response: Response) {
  return { status: response.status, headers: [...response.headers], body: await response.text() };
}

describe('a link', () => {
  it('is issued after a check, fetches the copy once, and tells the same of every link that gives nothing', async () => {
    const id = await ask();
    await inShop((sql) => pauseRequest(sql, shopId, id, 'identity', { actor: 'individual', at: now }));
    const token = await tokenFor(id);
    expect(await stateOf(id)).toBe('ready');

    const response = await press(token);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(response.headers.get('x-robots-tag')).toContain('noindex');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
    const text = new TextDecoder().decode(files['data.json']);
    expect(text).toContain(EMAIL);
    expect(text).toContain('Blue mug');

    // In the person's own name, under which a later copy finds it; that of the copy is gone with it.
    const named = await world.superuser(
      `SELECT page FROM app.access_records r JOIN keys.subject_keys k ON k.shop_id = r.shop_id AND k.pseudonym = ANY (r.subjects)
       WHERE r.shop_id = $1 AND k.scope = 'person' AND r.page = 'package-link'`,
      [shopId],
    );
    expect(named).toEqual([{ page: 'package-link' }]);

    expect(await stateOf(id)).toBe('done');
    const copy = await withShop(world.db, shopId, (tx) => getPackage(tx, shopId, id));
    expect(copy).toMatchObject({ endReason: 'fetched', releaseReason: 'link' });
    const left = await world.superuser('SELECT 1 FROM keys.subject_keys WHERE subject_id = $1', [copy?.id]);
    expect(left).toEqual([]);

    const used = await told(await press(token));
    expect(used.status).toBe(404);
    expect(used.body).toContain('There is no copy here');
    const stranger = Buffer.from(token, 'base64url').fill(7, 16).toString('base64url');
    const elsewhere = Buffer.from(token, 'base64url').fill(1, 0, 16).toString('base64url');
    for (const other of [stranger, elsewhere, 'x', '', `${token}=`])
      expect(await told(await press(other))).toEqual(used);
  });

  it('is given to one of two who press at the same moment', async () => {
    const token = await tokenFor(await ask());
    const both = await Promise.all([press(token), press(token)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 404]);
  });

  it('ends after its hours, with a newer one, and when the shop is back', async () => {
    const first = await ask();
    const old = await tokenFor(first);
    const newer = await tokenFor(first);
    expect((await press(old)).status).toBe(404);
    await setStatus('installed');
    expect((await press(newer)).status).toBe(404);
    await setStatus('uninstalled');
    now = new Date(now.getTime() + LINK_HOURS * 3_600_000);
    expect((await press(newer)).status).toBe(404);
    now = new Date(now.getTime() - 1);
    expect((await press(newer)).status).toBe(200);
  });

  it('works no longer than the shop has its copies lie ready', async () => {
    const change = { from: 0, terms: { ...PRESET_TERMS, packages: 1 }, actor: 'staff:test' };
    await inShop((sql) => saveSettings(sql, shopId, { ...change, at: new Date(now.getTime() - 48 * 3_600_000) }));
    const { expiresAt } = (await issue(await ask())).data as { expiresAt: Date };
    expect(expiresAt.getTime() - now.getTime()).toBeLessThanOrEqual(24 * 3_600_000);
  });

  it('is not used up by looking at it', async () => {
    const token = await tokenFor(await ask());
    expect(await lookAtPage(argsFor(token))).toBeNull();
    expect(lookAtArchive().status).toBe(405);
    expect((await press(token)).status).toBe(200);
  });

  it('stays whole when fetching it breaks off, and gives nothing out that is not on record', async () => {
    const id = await ask();
    const token = await tokenFor(id);
    await world.superuser(
      `ALTER TABLE app.access_records ADD CONSTRAINT broken CHECK (page <> 'package-link') NOT VALID`,
    );
    try {
      await expect(fetchByLink(services(), token, 'r')).rejects.toThrow();
    } finally {
      await world.superuser('ALTER TABLE app.access_records DROP CONSTRAINT broken');
    }
    expect(await stateOf(id)).toBe('ready');
    expect((await press(token)).status).toBe(200);
  });

  it('is kept as a digest only', async () => {
    const token = await tokenFor(await ask());
    const rows = await world.superuser<{ row: string }>('SELECT l::text AS row FROM app.access_package_links l');
    expect(rows.length).toBeGreaterThan(0);
    const secret = Buffer.from(token, 'base64url').subarray(16).toString('hex');
    expect(rows.filter(({ row }) => row.includes(token) || row.includes(secret))).toEqual([]);
  });

  it('cannot be tried for long from one address', async () => {
    const limits = createRateLimits();
    const tries = Array.from({ length: PER_MINUTE.visitor }, () => action(argsFor('x', limits)));
    expect(new Set((await Promise.all(tries)).map(({ status }) => status))).toEqual(new Set([404]));
    await expect(action(argsFor('x', limits))).rejects.toMatchObject({ status: 429 });
    await expect(lookAtPage(argsFor('x', limits))).rejects.toMatchObject({ status: 429 });
  });
});

describe('on record', () => {
  it('is who issued it and how the person was checked, on both chains, and who fetched', async () => {
    const id = await ask();
    const issued = (await issue(id, { 'checked-by': 'order-details' })).data as { url: string; linkId: string };
    await press(issued.url.slice(issued.url.lastIndexOf('/') + 1));
    const own = (await pagesOf(shopId)).map(({ page, actor, outcome, reason }) => [page, actor, outcome, reason]);
    expect(own.slice(-4)).toEqual([
      ['ops package:link', 'operator:tester', 'started', 'order-details'],
      ['privacy.copy', 'system:privacy.copy', 'opened', null],
      ['ops package:link', 'operator:tester', 'done', 'order-details'],
      ['package-link', `link:${issued.linkId}`, 'opened', null],
    ]);
    const operators = await pagesOf('00000000-0000-0000-0000-000000000000');
    const about = operators.filter(({ about: shop }) => shop === shopId);
    expect(about.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['started', 'order-details'],
      ['done', 'order-details'],
    ]);
    const steps = await inShop((sql) => readSteps(sql, shopId, id));
    expect(steps.at(-1)).toMatchObject({ step: 'done', actor: `link:${issued.linkId}` });
  });
});

describe('no link is issued', () => {
  it('for a shop that has the app, or is erased', async () => {
    const id = await ask();
    for (const status of ['installed', 'redacted']) {
      await forceShopStatus(world, shopId, status);
      await expect(issue(id)).rejects.toThrow(UsageError);
    }
    expect(await world.superuser('SELECT 1 FROM app.access_package_links WHERE shop_id = $1', [shopId])).toEqual([]);
  });

  it('for another shop’s request, one for no copy, one on hold for another reason, or a closed one', async () => {
    const other = `other-${randomUUID().slice(0, 8)}.myshopify.com`;
    const otherId = await onboardShop(world, other, OWNER, 'privacy@clay.example');
    await setStatus('uninstalled', otherId);
    const theirs = await ask('access', otherId);
    await expect(issue(theirs)).rejects.toThrow('no such request');
    await expect(issue(uuidv7())).rejects.toThrow('no such request');
    await expect(issue(await ask('erasure'))).rejects.toThrow('asks for no copy');
    const closed = await ask();
    await press(await tokenFor(closed));
    await expect(issue(closed)).rejects.toThrow('closed');
  });

  it('without a check that is on the list, or without the app’s address', async () => {
    const id = await ask();
    await expect(issue(id, { 'checked-by': 'I know her' })).rejects.toThrow('mail-answered');
    await expect(issue(id, { 'checked-by': undefined })).rejects.toThrow(UsageError);
    await expect(issue(id, {}, { appUrl: undefined })).rejects.toThrow('SHOPIFY_APP_URL');
    expect(await stateOf(id)).toBe('received');
  });
});
