/** A merchant answers requests by law, from the webhook to the receipt: the built programs, in a real browser. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { strFromU8, unzipSync } from 'fflate';
import type { BrowserContext, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { requestCode } from '#app/privacy/desk/request-code.ts';
import { expectAccessible, expectPageAccessible } from '#test/e2e/support/accessibility.ts';
import { type AdminPage, appFrame, onboard, openApp } from '#test/e2e/support/admin.ts';
import { type RunningApp, startRunningApp } from '#test/e2e/support/running-app.ts';
import { type Mailbox, startMailbox } from '#test/shopify/mailbox.ts';
import { launchBrowser, type TestBrowser } from '#test/support/browser.ts';

const SHOP = 'atelier-nord.myshopify.com';
const WIDE = { viewport: { width: 1280, height: 900 }, acceptDownloads: true };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, acceptDownloads: true };
/** Where pictures of the pages go, when somebody wants to look at them. */
const SHOTS = process.env['SCREENSHOTS'];

let running: RunningApp;
let mailbox: Mailbox;
let browser: TestBrowser;
let downloads: string;
const contexts: BrowserContext[] = [];
const problems: string[] = [];

async function open(path: string, options: Parameters<TestBrowser['newContext']>[0] = WIDE): Promise<AdminPage> {
  const context = await browser.newContext(options);
  contexts.push(context);
  context.on('weberror', (error) => problems.push(error.error().message));
  return openApp(context, running.shopify, SHOP, path);
}
async function shoot({ page }: AdminPage, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}
async function fits(admin: AdminPage): Promise<void> {
  const frame = await appFrame(admin);
  expect(await frame.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}
const shotOf = (name: string) => (SHOTS === undefined ? {} : { path: join(SHOTS, `${name}.png`), fullPage: true });
/** Asked last: its id, and the code under which pages show it. */
async function newest(kind: string): Promise<{ id: string; code: string }> {
  await expect.poll(() => requestsOf(kind)).not.toEqual(seen.get(kind) ?? []);
  const ids = await requestsOf(kind);
  const id = ids.find((one) => seen.get(kind)?.includes(one) !== true) ?? '';
  seen.set(kind, ids);
  return { id, code: requestCode(id) };
}
const seen = new Map<string, string[]>();
const requestsOf = async (kind: string) =>
  (
    await running.superuser<{ id: string }>('SELECT id FROM app.privacy_requests WHERE kind = $1 ORDER BY id', [kind])
  ).map(({ id }) => id);
/** Presses the button that gives out the archive, and unpacks it. */
async function filesOf(admin: AdminPage, button: Locator): Promise<Record<string, Uint8Array>> {
  const [download] = await Promise.all([admin.page.waitForEvent('download'), button.click()]);
  const file = join(downloads, download.suggestedFilename());
  await download.saveAs(file);
  return unzipSync(await readFile(file));
}
const customerOf = (index: number) => running.shopify.requireShop(SHOP).customers[index]!;

beforeAll(async () => {
  mailbox = await startMailbox();
  downloads = await mkdtemp(join(tmpdir(), 'cart-insights-downloads-'));
  const environment = { SMTP_URL: mailbox.url, MAIL_FROM: 'Cart Insights <app@insights.example>' };
  running = await startRunningApp({ programs: ['web', 'edge', 'worker'], environment });
  browser = await launchBrowser();
  await onboard(running, SHOP);
  for (const seed of [1, 2]) {
    const shopper = running.shopify.storefront(SHOP).shopper(seed);
    await shopper.addToCart({ product: 'clay-mug', quantity: 2 });
  }
});
beforeEach(async () => {
  // What earlier tests asked for, by whatever way, is not the newest.
  for (const kind of ['access', 'erasure']) seen.set(kind, await requestsOf(kind));
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  expect(problems.splice(0), 'errors in the browser').toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await running.close();
  await mailbox.close();
  await rm(downloads, { recursive: true, force: true });
});

describe('a merchant', () => {
  it('sees that nothing waits, and what will appear here', async () => {
    const admin = await open('/app/requests');
    await admin.app.getByText('No open requests').waitFor();
    await expectAccessible(admin);
    await shoot(admin, 'requests-empty');
  });

  it.each([
    { width: 'wide', options: WIDE, customer: 0 },
    { width: 'narrow', options: PHONE, customer: 2 },
  ])(
    'answers a request for a copy, from Shopify’s webhook to the file, $width: it comes onto the open page by itself, and can be fetched once',
    async ({ width, options, customer }) => {
      const admin = await open('/app/requests', options);
      await admin.app.getByText('Up to date').waitFor();
      await running.shopify.comply(SHOP, 'customers/data_request', customerOf(customer).id);
      const { id, code } = await newest('access');
      const link = admin.app.getByRole('link', { name: code }).first();
      await link.waitFor();
      await admin.app.getByText('29 days left').filter({ visible: true }).first().waitFor();
      await expectAccessible(admin);
      await fits(admin);
      await shoot(admin, `requests-list-${width}`);
      await link.click();
      await admin.app.getByRole('button', { name: 'Give it out' }).waitFor();
      await expectAccessible(admin);
      await fits(admin);
      await shoot(admin, `request-review-${width}`);
      await admin.app.getByRole('link', { name: 'Open the copy' }).click();
      await admin.app.getByText('This is what the person gets').waitFor();
      await shoot(admin, `request-preview-${width}`);
      await expectAccessible(admin);
      await fits(admin);
      await admin.app.getByRole('link', { name: 'Request' }).first().click();
      await admin.app.getByRole('button', { name: 'Give it out' }).click();
      const button = admin.app.getByRole('button', { name: 'Download the copy' });
      await button.waitFor();
      await fits(admin);
      await shoot(admin, `request-ready-${width}`);
      const files = await filesOf(admin, button);
      expect(Object.keys(files)).toEqual(expect.arrayContaining(['index.html', 'data.json']));
      expect(JSON.parse(strFromU8(files['data.json']!))).toMatchObject({ shop: SHOP });
      await admin.app.getByText('It was downloaded, and is gone here since.').waitFor();
      await admin.app.getByRole('button', { name: 'I have handed it over: close the request' }).click();
      await admin.app.getByText('Handed over').waitFor();
      await expect
        .poll(() => running.superuser('SELECT state FROM app.privacy_requests WHERE id = $1', [id]))
        .toEqual([{ state: 'done' }]);
      expect(await running.superuser('SELECT 1 FROM app.access_packages WHERE sealed IS NOT NULL')).toEqual([]);
      await expectAccessible(admin);
      await fits(admin);
      await shoot(admin, `request-done-${width}`);
    },
  );

  it.each([
    { width: 'narrow', options: PHONE, customer: 1 },
    { width: 'wide', options: WIDE, customer: 3 },
  ])(
    'sees an erasure through to its receipt, $width, and has it checked, here and as anybody can',
    async ({ width, options, customer }) => {
      const admin = await open('/app/requests?view=done', options);
      await admin.app.getByText('Up to date').waitFor();
      await running.shopify.comply(SHOP, 'customers/redact', customerOf(customer).id);
      const { code } = await newest('erasure');
      const link = admin.app.getByRole('link', { name: code }).first();
      await link.waitFor();
      await fits(admin);
      await expectAccessible(admin);
      await shoot(admin, `requests-done-${width}`);
      await link.click();
      await admin.app.getByRole('heading', { name: 'Receipt' }).waitFor();
      await admin.app.getByRole('button', { name: 'Check', exact: true }).click();
      await admin.app.getByText('Genuine: signed by this installation').waitFor();
      await fits(admin);
      await expectAccessible(admin);
      await shoot(admin, `request-receipt-${width}`);
      const button = admin.app.getByRole('link', { name: 'Download receipt' });
      const [download] = await Promise.all([admin.page.waitForEvent('download'), button.click()]);
      const file = join(downloads, `${width}-${download.suggestedFilename()}`);
      await download.saveAs(file);
      const changed = `${file}.changed.json`;
      await writeFile(changed, (await readFile(file, 'utf8')).replace('"held": true', '"held": false'));

      const checking = width === 'wide' ? admin : await open('/app/requests/check', options);
      if (checking === admin) {
        await admin.app.getByRole('link', { name: 'Requests' }).first().click();
        await admin.app.getByRole('link', { name: 'Check a receipt' }).click();
      }
      const input = checking.app.locator('input[type=file]');
      await checking.app.getByRole('heading', { name: 'Check a receipt' }).waitFor();
      await input.setInputFiles(changed);
      await checking.app.getByText('It names one of our keys').waitFor();
      await input.setInputFiles(file);
      await checking.app.getByText('This installation signed it').waitFor();
      await checking.app.getByText(`Shop: ${SHOP}`).waitFor();
      await fits(checking);
      await expectAccessible(checking);
      await shoot(checking, `check-receipt-${width}`);
      await checking.app.getByLabel('Or paste its text').fill('<img src=x onerror=alert(1)>');
      await checking.app.getByRole('button', { name: 'Check', exact: true }).click();
      await checking.app.getByText('This is not a receipt').waitFor();

      // And outside the admin, in a browser that runs no script.
      const context = await browser.newContext({ ...options, javaScriptEnabled: false });
      contexts.push(context);
      const tab = await context.newPage();
      await tab.goto(`${running.shopify.appUrl}/check-receipt`);
      await tab.screenshot(shotOf(`check-receipt-public-${width}`));
      await tab.getByLabel('Receipt file').setInputFiles(file);
      await tab.getByRole('button', { name: 'Check' }).click();
      await tab.getByText('This installation signed it').waitFor();
      await tab.getByText(`Shop: ${SHOP}`).waitFor();
      await tab.screenshot(shotOf(`check-receipt-public-valid-${width}`));
      await tab.getByLabel('Or paste its text').fill('<script>alert(1)</script>');
      await tab.getByRole('button', { name: 'Check' }).click();
      await tab.getByText('This is not a receipt').waitFor();
      await tab.screenshot(shotOf(`check-receipt-public-none-${width}`));

      const scripted = await browser.newContext(options);
      contexts.push(scripted);
      const page = await scripted.newPage();
      await page.goto(`${running.shopify.appUrl}/check-receipt`);
      await page.getByLabel('Receipt file').setInputFiles(changed);
      await page.getByRole('button', { name: 'Check' }).click();
      await page.getByText('It names one of our keys').waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
        0,
      );
      await expectPageAccessible(page);
    },
  );

  it('answers and erases somebody who has no cart: an order, and the customer of it', async () => {
    const { id: customerId, email, firstName, lastName } = customerOf(4);
    const at = new Date().toISOString();
    const customer = { id: customerId, email, first_name: firstName, last_name: lastName, updated_at: at };
    const order = { id: 820_001, name: '#2001', created_at: at, updated_at: at, currency: 'EUR', line_items: [] };
    const payload = { ...order, email, customer };
    await running.shopify.deliver({ shop: SHOP, topic: 'orders/create', payload });
    await expect.poll(() => running.superuser('SELECT 1 FROM app.orders')).toHaveLength(1);
    const admin = await open('/app/requests/new');
    await admin.app.getByLabel('Find by').selectOption('customer');
    await admin.app.getByLabel('Customer number').last().fill(String(customerId));
    await admin.app.getByRole('button', { name: 'Look', exact: true }).click();
    await admin.app.getByText('0 carts, 0 checkouts, 1 order').waitFor();
    await shoot(admin, 'request-new-no-cart');
    await admin.app.getByRole('button', { name: 'Begin', exact: true }).click();
    await admin.app.getByRole('button', { name: 'Give it out' }).waitFor();
    await shoot(admin, 'request-review-no-cart');
    // Seen: whoever asks for the newest one after this means their own.
    await newest('access');
    await admin.app.getByRole('button', { name: 'Give it out' }).click();
    const files = await filesOf(admin, admin.app.getByRole('button', { name: 'Download the copy' }));
    expect(strFromU8(files['data.json']!)).toContain(email);
    expect(strFromU8(files['data.json']!)).toContain('#2001');
    await admin.app.getByRole('button', { name: 'I have handed it over: close the request' }).click();
    await admin.app.getByText('Handed over').waitFor();

    await running.shopify.comply(SHOP, 'customers/redact', customerId);
    const { id } = await newest('erasure');
    const erasure = await open(`/app/requests/${id}`);
    await erasure.app.getByRole('heading', { name: 'Receipt' }).waitFor();
    await erasure.app.getByText('app.orders').waitFor();
    await shoot(erasure, 'request-receipt-no-cart');
    expect(await running.superuser('SELECT 1 FROM app.orders')).toEqual([]);
    // Shopify says it again, and the page says that it came back.
    await running.shopify.deliver({ shop: SHOP, topic: 'orders/updated', payload });
    await expect.poll(() => running.superuser('SELECT 1 FROM app.tombstones WHERE blocked > 0')).toHaveLength(1);
    await erasure.page.reload();
    await erasure.app.getByText('Since then 1 more late message was turned away').waitFor();
    await shoot(erasure, 'request-receipt-came-back');
    expect(await running.superuser('SELECT 1 FROM app.orders')).toEqual([]);
  });

  it.each([
    { width: 'wide', options: WIDE, customer: 5 },
    { width: 'narrow', options: PHONE, customer: 6 },
  ])(
    'sees that an erasure waits for the copy the same person asked for, and goes on once it is fetched, $width',
    async ({ width, options, customer }) => {
      await running.shopify.comply(SHOP, 'customers/data_request', customerOf(customer).id);
      const copy = await newest('access');
      await expect
        .poll(() =>
          running.superuser(`SELECT 1 FROM app.privacy_requests WHERE id = $1 AND state = 'review'`, [copy.id]),
        )
        .toHaveLength(1);
      await running.shopify.comply(SHOP, 'customers/redact', customerOf(customer).id);
      const erasure = await newest('erasure');
      const admin = await open(`/app/requests/${erasure.id}`, options);
      await admin.app.getByText('The same person has asked for a copy').waitFor();
      await fits(admin);
      await expectAccessible(admin);
      await shoot(admin, `request-waits-${width}`);
      await admin.app.getByRole('link', { name: `Open the request for the copy, ${copy.code}` }).click();
      await admin.app.getByRole('button', { name: 'Give it out' }).click();
      await filesOf(admin, admin.app.getByRole('button', { name: 'Download the copy' }));
      await admin.app.getByRole('button', { name: 'I have handed it over: close the request' }).click();
      // What the sweep does every ten minutes.
      await running.superuser(
        `INSERT INTO pgboss.job (name, data, policy) SELECT 'requests.sweep', '{}'::jsonb, policy FROM pgboss.queue WHERE name = 'requests.sweep'`,
      );
      const done = await open(`/app/requests/${erasure.id}`, options);
      await done.app.getByRole('heading', { name: 'Receipt' }).waitFor();
    },
  );

  it.each([
    { width: 'wide', options: WIDE },
    { width: 'narrow', options: PHONE },
  ])('carries an objection out and takes it back, with a reason, $width', async ({ width, options }) => {
    const admin = await open('/app/requests/new?kind=objection', options);
    await admin.app.getByLabel('E-mail address', { exact: true }).last().fill(`${width}@example.com`);
    await admin.app.getByRole('button', { name: 'Look', exact: true }).click();
    await admin.app.getByText('Nobody is held under this.').waitFor();
    await admin.app.getByRole('button', { name: 'Begin', exact: true }).click();
    await admin.app.getByLabel('Take the objection back: Why').waitFor();
    await fits(admin);
    await expectAccessible(admin);
    await shoot(admin, `objection-done-${width}`);
    await admin.app.getByLabel('Take the objection back: Why').selectOption('wish');
    await admin.app.getByRole('button', { name: 'Take the objection back' }).click();
    await admin.app.getByText(/Taken back · staff of the shop · The person wishes so/).waitFor();
    await fits(admin);
    await shoot(admin, `objection-taken-back-${width}`);
    expect(
      await running.superuser(`SELECT DISTINCT ended_why FROM app.suppressions WHERE ended_at IS NOT NULL`),
    ).toEqual([{ ended_why: 'wish' }]);
    await running.superuser('DELETE FROM app.suppressions');
  });

  it('begins a request for somebody who wrote to the shop', async () => {
    const admin = await open('/app/requests/new', PHONE);
    await admin.app.getByLabel('E-mail address', { exact: true }).last().fill('nobody@example.com');
    await admin.app.getByRole('button', { name: 'Look', exact: true }).click();
    await admin.app.getByText('Nobody is held under this.').waitFor();
    await fits(admin);
    await expectAccessible(admin);
    await shoot(admin, 'request-new-narrow');
    await admin.app.getByRole('button', { name: 'Begin', exact: true }).click();
    await admin.app.getByRole('button', { name: 'Give it out' }).waitFor();
    await fits(admin);
    await expectAccessible(admin);
    await shoot(admin, 'request-begun-narrow');
    const frame = await appFrame(admin);
    expect(frame.url()).not.toContain('nobody');
  });
});

describe('an individual', () => {
  it('passes a request on over the public page, without a script and without a frame', async () => {
    const address = `${running.shopify.appUrl}/privacy`;
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('set-cookie')).toBeNull();
    const send = (shop: string) =>
      fetch(address, {
        method: 'POST',
        headers: { origin: running.shopify.appUrl },
        body: new URLSearchParams({ shop, email: 'amina@example.com', kind: 'erasure' }),
      });
    const [known, unknown] = [await send(SHOP), await send('no-such-shop')];
    const withoutNonce = async (answer: Response) => (await answer.text()).replace(/nonce="[^"]*"/g, '');
    expect(known.status).toBe(unknown.status);
    expect(await withoutNonce(known)).toBe(await withoutNonce(unknown));
    const rows = await running.superuser(
      `SELECT state, pause_ground FROM app.privacy_requests WHERE source = 'individual'`,
    );
    expect(rows).toEqual([{ state: 'paused', pause_ground: 'identity' }]);

    const context = await browser.newContext(PHONE);
    contexts.push(context);
    const tab = await context.newPage();
    await tab.goto(address);
    await tab.getByLabel('A copy of the data held about me').check();
    await tab.getByLabel('Which shop?').fill(SHOP);
    await tab.getByLabel('Your e-mail address').fill('bo@example.com');
    if (SHOTS !== undefined) await tab.screenshot({ path: join(SHOTS, 'public-narrow.png'), fullPage: true });
    await tab.getByRole('button', { name: 'Pass it on' }).click();
    await tab.getByText('Thank you.').waitFor();
  });

  it('with a link that gives nothing sees the same page as everybody, may not be framed, and is told so by the button', async () => {
    const address = `${running.shopify.appUrl}/copy/${'x'.repeat(64)}`;
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('x-robots-tag')).toContain('noindex');
    expect(page.headers.get('set-cookie')).toBeNull();

    for (const [width, options] of Object.entries({ wide: WIDE, narrow: PHONE })) {
      const context = await browser.newContext(options);
      contexts.push(context);
      const tab = await context.newPage();
      await tab.goto(address);
      await tab.screenshot(shotOf(`copy-link-${width}`));
      await expectPageAccessible(tab);
      expect(await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      const [answer] = await Promise.all([
        tab.waitForResponse((response) => response.request().method() === 'POST'),
        tab.getByRole('button', { name: 'Fetch my copy' }).click(),
      ]);
      expect(answer.status()).toBe(404);
      await tab.getByRole('heading', { name: 'There is no copy here' }).waitFor();
      await tab.screenshot(shotOf(`copy-link-nothing-${width}`));
      await expectPageAccessible(tab);
    }
  });

  it('is held until the merchant has made sure who asks', async () => {
    const admin = await open('/app/requests');
    await admin.app
      .getByRole('link', { name: /Erasure/ })
      .first()
      .click();
    await admin.app.getByText('Nobody has checked who asks').waitFor();
    await admin.app.getByRole('button', { name: 'Show e-mail address' }).click();
    await admin.app.getByText('amina@example.com').waitFor();
    await expectAccessible(admin);
    await shoot(admin, 'request-not-verified');
    await admin.app.getByRole('button', { name: 'It is our customer: go on' }).click();
    await admin.app.getByRole('heading', { name: 'Receipt' }).waitFor();
  });

  it.each([
    ['wide', WIDE],
    ['narrow', PHONE],
  ])('can send a hundred without hiding a request that is certain: the desk has pages; %s', async (width, options) => {
    await running.superuser(
      `INSERT INTO app.privacy_requests
         (shop_id, id, kind, source, regime, epoch, received_at, due_at, held, state, paused_at, pause_ground)
       SELECT s.id, gen_random_uuid(), 'erasure', 'individual', 'gdpr', s.epoch, now() - interval '20 days', now() + interval '10 days',
         false, 'paused', now() - interval '20 days', 'identity'
       FROM app.shops s, generate_series(1, 60) WHERE s.domain = $1`,
      [SHOP],
    );
    const dueFirst = await running.superuser<{ id: string }>(
      `SELECT id FROM app.privacy_requests WHERE finished_at IS NULL AND source <> 'individual' ORDER BY due_at, id LIMIT 1`,
    );
    const admin = await open('/app/requests', options);
    const rows = admin.app.getByRole('link', { name: /^(Erasure|Copy|Correction|Stop)/ });
    await expect.poll(() => rows.count()).toBe(50);
    if (dueFirst[0] !== undefined) expect(await rows.first().textContent()).toContain(requestCode(dueFirst[0].id));
    await fits(admin);
    await shoot(admin, `requests-many-${width}`);
    await admin.app.getByRole('button', { name: 'More requests' }).click();
    const frame = await appFrame(admin);
    await expect.poll(() => frame.url()).toContain('page=2');
    await expect.poll(() => rows.count()).toBeLessThan(50);
    await expectAccessible(admin);
    await shoot(admin, `requests-many-2-${width}`);
    await admin.app.getByRole('button', { name: 'Previous requests' }).click();
    await expect.poll(() => rows.count()).toBe(50);
    await running.superuser(`DELETE FROM app.privacy_requests WHERE source = 'individual' AND NOT held`);
  });
});
