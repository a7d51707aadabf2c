/** The whole way: a shopper acts, Shopify signs, the edge seals, the worker applies, the merchant's screen shows it. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { expectAccessible } from '#test/e2e/support/accessibility.ts';
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
  await app.getByRole('heading', { name: /^Cart of customer [0-9A-Z]{4}$/ }).waitFor();
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

it('a merchant opts a customer out, allows the app to tell Shopify, and Shopify knows', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const admin = await openApp(context, running.shopify, SHOP, '/app/customers');
  const { page, app } = admin;
  await app.getByRole('link', { name: /^Customer [0-9A-Z]{4}, 1 cart, 1 order/ }).click();
  const optOut = app.getByRole('button', { name: 'Opt out of data sale' });
  await optOut.focus();
  await page.keyboard.press('Enter');
  // What was pressed is gone; the keyboard goes on in its place.
  await expect.poll(() => app.getByRole('button', { name: 'Opt out', exact: true }).evaluate(isFocused)).toBe(true);
  await page.keyboard.press('Enter');
  const notAllowed = app.getByText(/your shop has not allowed Cart Insights/);
  await notAllowed.waitFor();
  await expect.poll(() => app.getByRole('button', { name: 'Take the opt-out back' }).evaluate(isFocused)).toBe(true);
  // Some have told Shopify themselves.
  const optedOut = () =>
    running.shopify.requireShop(SHOP).customers.filter(({ dataSaleOptOut }) => dataSaleOptOut).length;
  const before = optedOut();

  const allow = app.getByRole('button', { name: 'Allow it' });
  await allow.click();
  const dialog = page.getByRole('dialog', { name: 'Cart Insights asks for more permissions' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Nothing was changed: it holds here, and Shopify is not told.').waitFor();
  expect(optedOut()).toBe(before);

  await allow.click();
  await dialog.getByRole('button', { name: 'Allow' }).click();
  await page.getByText('Thank you. Shopify is told within minutes.').waitFor();
  // Said at once, not only when the webhook has come.
  await notAllowed.waitFor({ state: 'detached' });
  await expectAccessible(admin);
  await expect.poll(optedOut).toBe(before + 1);
  await expect
    .poll(async () => {
      await page.reload();
      await app.getByText('Opted out of data sale').waitFor();
      return app.getByText(/Shopify has not taken it over yet/).count();
    })
    .toBe(0);
  await context.close();
  expect(running.shopify.unexpectedOutbound).toEqual([]);
});

const isFocused = (element: Element) => element === element.ownerDocument.activeElement;
