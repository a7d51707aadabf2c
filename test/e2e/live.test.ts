/** The whole way: a shopper acts, Shopify signs, the edge seals, the worker applies, the merchant's screen shows it. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openApp } from '#test/e2e/support/admin.ts';
import { type RunningApp, startRunningApp } from '#test/e2e/support/running-app.ts';
import { launchBrowser, type TestBrowser } from '#test/support/browser.ts';

const SHOP = 'atelier-nord.myshopify.com';

let running: RunningApp;
let browser: TestBrowser;

beforeAll(async () => {
  running = await startRunningApp({ programs: ['edge', 'worker', 'web'] });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await running.close();
});

it('a merchant installs, accepts, and watches a cart become an order', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  running.shopify.install(SHOP);
  const { app } = await openApp(context, running.shopify, SHOP);
  await app.getByLabel('Privacy contact (e-mail)').fill('privacy@shop.example');
  await app.getByRole('button', { name: 'Accept and start' }).click();
  await app.getByRole('heading', { name: 'Your carts will appear here' }).waitFor();

  const shopper = running.shopify.storefront(SHOP).shopper(7);
  await shopper.addToCart({ product: 'clay-mug', quantity: 2 });
  await app.getByRole('link', { name: /^Guest, 2 items/ }).waitFor();

  await shopper.startCheckout();
  await shopper.pay();
  const row = app.locator('tbody tr').first();
  await expect.poll(() => row.innerText()).toMatch(/Customer [0-9A-Z]{4}[\s\S]*Converted/);

  await row.getByRole('link').click();
  await app.getByRole('heading', { name: /^Customer [0-9A-Z]{4}$/ }).waitFor();
  for (const text of ['Cart started', 'Checkout started', /^Order #\d+ placed$/, 'Matched by cart token: certain.']) {
    await app.getByText(text).first().waitFor();
  }
  const picture = app.locator('.ci-lines img').first();
  await picture.waitFor();
  await context.close();

  expect(running.shopify.unexpectedOutbound).toEqual([]);
  // Not one name or address on any page or in any log of the programs.
  const people = running.shopify.requireShop(SHOP).customers.flatMap(({ email }) => email);
  for (const email of people) expect(running.output.join('')).not.toContain(email);
});
