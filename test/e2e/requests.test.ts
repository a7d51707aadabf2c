/** A merchant answers requests by law, from the webhook to the receipt: the built programs, in a real browser. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { strFromU8, unzipSync } from 'fflate';
import { readFile } from 'node:fs/promises';
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { expectAccessible } from '#test/e2e/support/accessibility.ts';
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

  it('answers a request for a copy, from Shopify’s webhook to the file, and it can be fetched once', async () => {
    await running.shopify.comply(SHOP, 'customers/data_request', customerOf(0).id);
    await expect
      .poll(() => running.superuser(`SELECT 1 FROM app.privacy_requests WHERE kind = 'access' AND state = 'review'`))
      .toHaveLength(1);
    const admin = await open('/app/requests');
    const link = admin.app.getByRole('link', { name: /Copy of their data/ }).first();
    await link.waitFor();
    await admin.app.getByText('29 days left').filter({ visible: true }).first().waitFor();
    await expectAccessible(admin);
    await shoot(admin, 'requests-list');
    await link.click();
    await admin.app.getByRole('button', { name: 'Give it out' }).waitFor();
    await expectAccessible(admin);
    await shoot(admin, 'request-review');
    await admin.app.getByRole('link', { name: 'Open the copy' }).click();
    await admin.app.getByText('This is what the person gets').waitFor();
    await shoot(admin, 'request-preview');
    await expectAccessible(admin);
    await admin.app.getByRole('link', { name: 'Request' }).first().click();
    await admin.app.getByRole('button', { name: 'Give it out' }).click();
    const button = admin.app.getByRole('button', { name: 'Download the copy' });
    await button.waitFor();
    const [download] = await Promise.all([admin.page.waitForEvent('download'), button.click()]);
    const file = join(downloads, download.suggestedFilename());
    await download.saveAs(file);
    const files = unzipSync(await readFile(file));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['index.html', 'data.json']));
    expect(JSON.parse(strFromU8(files['data.json']!))).toMatchObject({ shop: SHOP });
    await admin.app.getByText('It was downloaded, and is gone here since.').waitFor();
    await admin.app.getByRole('button', { name: 'I have handed it over: close the request' }).click();
    await admin.app.getByText('Handed over').waitFor();
    await expect
      .poll(() => running.superuser(`SELECT state FROM app.privacy_requests WHERE kind = 'access'`))
      .toEqual([{ state: 'done' }]);
    expect(await running.superuser('SELECT 1 FROM app.access_packages WHERE sealed IS NOT NULL')).toEqual([]);
    await shoot(admin, 'request-done');
  });

  it('sees an erasure through to its receipt, and has it checked', async () => {
    await running.shopify.comply(SHOP, 'customers/redact', customerOf(1).id);
    const admin = await open('/app/requests?view=done', PHONE);
    await expect
      .poll(() => running.superuser(`SELECT 1 FROM app.privacy_requests WHERE kind = 'erasure' AND state = 'done'`))
      .toHaveLength(1);
    await admin.page.reload();
    const link = admin.app.getByRole('link', { name: /Erasure/ }).first();
    await link.waitFor();
    await fits(admin);
    await expectAccessible(admin);
    await shoot(admin, 'requests-done-narrow');
    await link.click();
    await admin.app.getByRole('heading', { name: 'Receipt' }).waitFor();
    await admin.app.getByRole('button', { name: 'Check' }).click();
    await admin.app.getByText('Genuine: signed by this installation').waitFor();
    await fits(admin);
    await expectAccessible(admin);
    await shoot(admin, 'request-receipt-narrow');
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

    const context = await browser.newContext(PHONE);
    contexts.push(context);
    const tab = await context.newPage();
    await tab.goto(address);
    if (SHOTS !== undefined) await tab.screenshot({ path: join(SHOTS, 'copy-link-narrow.png'), fullPage: true });
    const [answer] = await Promise.all([
      tab.waitForResponse((response) => response.request().method() === 'POST'),
      tab.getByRole('button', { name: 'Fetch my copy' }).click(),
    ]);
    expect(answer.status()).toBe(404);
    await tab.getByRole('heading', { name: 'There is no copy here' }).waitFor();
    if (SHOTS !== undefined)
      await tab.screenshot({ path: join(SHOTS, 'copy-link-nothing-narrow.png'), fullPage: true });
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
});
