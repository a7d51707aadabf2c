/** The admin page and App Bridge's part, in a real browser with its rules for frames and policies in force. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { createFakeApp } from './fake-app.ts';
import { closeServer, listen } from './http.ts';
import { startShopify, type ShopifyStandIn } from './index.ts';

const SHOP = 'atelier-nord.myshopify.com';
let dir: string;
let browser: TestBrowser;
let shopify: ShopifyStandIn;
let page: Page;
const app = createFakeApp(() => shopify.appUrl);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shopify-browser-'));
  const origin = await listen(app.server);
  shopify = await startShopify({
    apiKey: 'key',
    apiSecret: 'secret',
    dir,
    configurationFile: join(dir, 'no-shopify.app.toml'),
    appTarget: { edge: origin, web: origin },
  });
  browser = await launchBrowser();
  page = await (await browser.newContext()).newPage();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await shopify.close();
  await closeServer(app.server);
  await rm(dir, { recursive: true });
});

/** The framed app, once its heading says `path`. */
async function appAt(path: string): Promise<Frame> {
  await page.frameLocator('#app').getByRole('heading', { name: path, exact: true }).waitFor();
  const frame = page.frame({ name: 'app-iframe' });
  if (!frame) throw new Error('The admin page has no frame');
  return frame;
}

describe('the admin page', { timeout: 60_000 }, () => {
  it('installs the app and frames it', async () => {
    await page.goto(shopify.adminUrl);
    await page.getByRole('link', { name: 'Install app…' }).first().click();
    await page.getByRole('button', { name: 'Install app' }).click();
    const frame = await appAt('/');
    expect(shopify.requireShop(SHOP).installed).toBe(true);
    expect(new URL(frame.url()).searchParams.get('shop')).toBe(SHOP);
  });

  it("shows the app's menu and follows it without a reload", async () => {
    const frame = await appAt('/');
    await frame.evaluate(() => Object.assign(window, { stillHere: true }));
    await page.getByRole('link', { name: 'Carts' }).click();
    await appAt('/app/carts');
    expect(await frame.evaluate(() => 'stillHere' in window)).toBe(true);
    await page.waitForURL('**/store/atelier-nord/apps/cart-insights/app/carts');
    expect(await page.getByRole('link', { name: 'Carts' }).getAttribute('aria-current')).toBe('page');
    expect(await page.getByRole('link', { name: 'Home' }).count()).toBe(0);
  });

  it('gives every request of the app a session token, and tries a refused one again', async () => {
    const frame = await appAt('/app/carts');
    expect(await frame.evaluate(async () => (await fetch('/data')).status)).toBe(200);
    expect(app.authorizations).toHaveLength(2);
    expect(app.authorizations[1]).toMatch(/^Bearer ey/);
    expect(app.authorizations[1]).not.toBe(app.authorizations[0]);
  });

  it('shows toasts and answers their action', async () => {
    const frame = await appAt('/app/carts');
    await page.getByRole('button', { name: 'Greet' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await frame.waitForFunction(() => 'undone' in window);
    const calls = await frame.evaluate(() => (window as unknown as { __appBridgeCalls: unknown[] }).__appBridgeCalls);
    expect(calls).toContainEqual({ name: 'toast.show', args: ['Hello', { action: 'Undo', onAction: '[function]' }] });
  });

  it('holds a person with unsaved changes back until they discard or save', async () => {
    const frame = await appAt('/app/carts');
    await frame.getByLabel('Name').fill('new');
    await page.getByText('Unsaved changes').waitFor();
    await page.getByRole('link', { name: 'Privacy' }).click();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByText('Unsaved changes').waitFor({ state: 'hidden' });
    expect(await frame.getByLabel('Name').inputValue()).toBe('old');
    await appAt('/app/carts');
  });

  it('opens a modal with its content in the page', async () => {
    const frame = await appAt('/app/carts');
    await frame.evaluate(() => (document.querySelector('#modal') as HTMLElement & { show(): void }).show());
    await frame.getByRole('dialog', { name: 'Sure?' }).waitFor();
    await page.keyboard.press('Escape');
    await frame.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('grants an optional scope when the merchant has said yes, and tells the app; closing is a no', async () => {
    const frame = await appAt('/app/carts');
    const before = await frame.evaluate(() => window.shopify.scopes.query());
    expect(before.granted).not.toContain('write_privacy_settings');
    const ask = () => frame.evaluate(() => window.shopify.scopes.request(['write_privacy_settings']));
    const dialog = page.getByRole('dialog', { name: 'Cart Insights asks for more permissions' });

    const declined = ask();
    await dialog.getByText('Change privacy settings').waitFor();
    await page.keyboard.press('Escape');
    expect(await declined).toEqual({ result: 'declined-all', detail: before });
    expect(app.topics).not.toContain('app/scopes_update');

    const granted = ask();
    await dialog.getByRole('button', { name: 'Allow' }).click();
    expect(await granted).toEqual({
      result: 'granted-all',
      detail: { ...before, granted: [...before.granted, 'write_privacy_settings'] },
    });
    await expect.poll(() => app.topics).toContain('app/scopes_update');
    // Granted already: nobody is asked again.
    expect((await ask()).result).toBe('granted-all');

    expect((await frame.evaluate(() => window.shopify.scopes.revoke(['write_privacy_settings']))).detail).toEqual(
      before,
    );
    await expect(frame.evaluate(() => window.shopify.scopes.request(['write_orders']))).rejects.toThrow(/write_orders/);
  });

  it('bounces a document without a token, and leads an app opened on its own back into the frame', async () => {
    const frame = await appAt('/app/carts');
    await frame.evaluate(() => window.location.assign('/app/privacy'));
    await appAt('/app/privacy');
    await page.goto(`${shopify.appUrl}/app/carts?id_token=x&shop=${SHOP}&host=aG9zdA`);
    await page.waitForURL(`${shopify.adminUrl}/store/atelier-nord/apps/**`);
    await appAt('/app/carts');
  });

  it('uninstalls', async () => {
    await page.getByText('Play Shopify').click();
    await page.getByRole('button', { name: 'Uninstall app' }).click();
    await page.waitForURL(`${shopify.adminUrl}/`);
    await expect.poll(() => app.topics).toEqual(['app/scopes_update', 'app/scopes_update', 'app/uninstalled']);
  });
});
