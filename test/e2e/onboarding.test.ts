/** A merchant's first two minutes: install, read, accept; and what somebody sees who may not accept. */
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { expectAccessible } from '#test/e2e/support/accessibility.ts';
import { type AdminPage, appFrame, openApp } from '#test/e2e/support/admin.ts';
import { type RunningApp, startRunningApp } from '#test/e2e/support/running-app.ts';
import { launchBrowser, type TestBrowser } from '#test/support/browser.ts';

const SHOP = 'second-shop.myshopify.com';

let running: RunningApp;
let browser: TestBrowser;
let context: BrowserContext;

beforeAll(async () => {
  running = await startRunningApp({ programs: ['web'] });
  running.shopify.install(SHOP);
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
});
afterAll(async () => {
  await browser.close();
  await running.close();
});

/** Opens the app as the owner or as the other member of staff. */
async function openAs(role: 'owner' | 'staff'): Promise<AdminPage> {
  const admin = await openApp(context, running.shopify, SHOP);
  const option = admin.page.locator('select option', { hasText: role === 'owner' ? 'Account owner' : 'Staff' }).first();
  await admin.page
    .locator('select')
    .first()
    .selectOption((await option.getAttribute('value')) ?? '');
  await admin.app.getByRole('heading', { name: 'Welcome to Cart Insights' }).waitFor();
  return admin;
}

const shopRow = async () => {
  const [row] = await running.superuser<{ onboarded_at: Date | null }>(
    'SELECT onboarded_at FROM app.shops WHERE domain = $1',
    [SHOP],
  );
  return row;
};

describe('somebody who may not accept', () => {
  it('reads everything, sees who has to accept, and has no button', async () => {
    const { app, ...admin } = await openAs('staff');
    await app.getByText('The account owner has to accept').waitFor();
    await app.getByRole('region', { name: 'Text of the data protection agreement' }).waitFor();
    expect(await app.getByRole('button', { name: 'Accept and start' }).count()).toBe(0);
    await expectAccessible({ app, ...admin });
  });

  it('is sent there from every page', async () => {
    const { app } = await openApp(context, running.shopify, SHOP, '/app/carts');
    await app.getByRole('heading', { name: 'Welcome to Cart Insights' }).waitFor();
  });
});

describe('the account owner', () => {
  it('reads what is processed and why, and the agreement with its version', async () => {
    const { app, ...admin } = await openAs('owner');
    for (const text of ['What is processed, and why', 'Where orders go', 'Version 2026-11-23']) {
      await app.getByText(text).first().waitFor();
    }
    await app.getByText('first name · last name · e-mail', { exact: true }).waitFor();
    await expectAccessible({ app, ...admin });
  });

  it('names a colleague, and takes it back', async () => {
    const { app } = await openAs('owner');
    const field = app.getByLabel('E-mail of the colleague’s Shopify account');
    await field.fill('nobody');
    await app.getByRole('button', { name: 'Name colleague' }).click();
    await app.getByText('Enter the e-mail address of the colleague’s Shopify account.').waitFor();
    await field.fill('colleague@example.com');
    await app.getByRole('button', { name: 'Name colleague' }).click();
    await app.getByRole('button', { name: 'Remove colleague@example.com' }).click();
    await app.getByRole('button', { name: 'Remove colleague@example.com' }).waitFor({ state: 'detached' });
  });

  it('is told beside the field what is wrong with the contact, and nothing is accepted', async () => {
    const { app, ...admin } = await openAs('owner');
    await app.getByLabel('Privacy contact (e-mail)').fill('nonsense');
    await app.getByRole('button', { name: 'Accept and start' }).click();
    await app.getByText('Enter an e-mail address, such as privacy@your-shop.com.').waitFor();
    expect((await shopRow())?.onboarded_at).toBeNull();
    await expectAccessible({ app, ...admin });
  });

  it('accepts, and finds the carts, the menu and the agreement', async () => {
    const { app, page } = await openAs('owner');
    await app.getByLabel('Privacy contact (e-mail)').fill('privacy@shop.example');
    await app.getByRole('button', { name: 'Accept and start' }).click();
    await app.getByRole('heading', { name: 'Your carts will appear here' }).waitFor();
    expect((await shopRow())?.onboarded_at).toBeInstanceOf(Date);

    await page.getByRole('link', { name: 'Agreement' }).click();
    await app.getByRole('heading', { name: 'Accepted' }).waitFor();
    await app.getByText('Account owner').waitFor();
    await app.getByText('privacy@shop.example').waitFor();
    await expectAccessible({ app, page });

    const frame = await appFrame({ app, page });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      frame.getByRole('button', { name: 'Download as text' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('cart-insights-agreement-2026-11-23.txt');
  });
});
