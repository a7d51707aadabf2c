/** Settings → Retention: what holds, what would go, saving it, and what somebody sees who may not. */
import { mkdirSync } from 'node:fs';

import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { expectAccessible } from '#test/e2e/support/accessibility.ts';
import { type AdminPage, onboard, openApp } from '#test/e2e/support/admin.ts';
import { type RunningApp, startRunningApp } from '#test/e2e/support/running-app.ts';
import { launchBrowser, type TestBrowser } from '#test/support/browser.ts';
import { line, seedCarts } from '#test/support/seed-carts.ts';

const SHOP = 'second-shop.myshopify.com';
const DAY = 24 * 3_600_000;
/** `SCREENS=dir` keeps pictures of each state. */
const SCREENS = process.env['SCREENS'];

let running: RunningApp;
let browser: TestBrowser;
let wide: BrowserContext;
let narrow: BrowserContext;
let shopId: string;

beforeAll(async () => {
  running = await startRunningApp({ programs: ['web'] });
  shopId = await onboard(running, SHOP);
  browser = await launchBrowser();
  wide = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  narrow = await browser.newContext({ viewport: { width: 390, height: 844 } });
});
afterAll(async () => {
  await browser.close();
  await running.close();
});

async function open(context: BrowserContext, role: 'owner' | 'staff' = 'owner'): Promise<AdminPage> {
  const admin = await openApp(context, running.shopify, SHOP, '/app/settings/retention');
  const picker = admin.page.locator('select').first();
  const option = picker.locator('option', { hasText: role === 'owner' ? 'Account owner' : 'Staff' }).first();
  await picker.selectOption((await option.getAttribute('value')) ?? '', { force: true });
  await admin.app.getByRole('heading', { name: 'Retention', exact: true }).waitFor();
  return admin;
}

async function picture({ page, app }: AdminPage, name: string): Promise<void> {
  if (SCREENS === undefined) return;
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: `${SCREENS}/${name}.png` });
  await app.getByRole('heading', { name: 'What goes, and when' }).scrollIntoViewIfNeeded();
  await page.screenshot({ path: `${SCREENS}/${name}-below.png` });
}

describe('the retention page', () => {
  it('says of a shop without carts that nothing is held, and when the first run comes', async () => {
    const admin = await open(wide);
    await admin.app.getByText('Nothing is held yet.').waitFor();
    await admin.app.getByText('No run yet.').waitFor();
    await expectAccessible(admin);
    await picture(admin, 'first-wide');
    await admin.page.close();
  });

  it('shows what goes under other terms before they are saved, keeps to the limits, and saves a version', async () => {
    const cart = (days: number) => ({ states: [{ atMs: Date.now() - days * DAY, lines: [line('Mug', 1, 1000)] }] });
    await seedCarts({ db: running.db, keyStore: running.keyStore }, shopId, [cart(1), cart(50), cart(200), cart(420)]);
    await running.superuser(
      `INSERT INTO app.retention_runs (shop_id, id, started_at, finished_at, moment, actor, state, reason, settings_version, terms, plan, progress)
       SELECT $1, gen_random_uuid(), now() - n * interval '1 day', now() - n * interval '1 day', now(), 'system:schedule',
         CASE n WHEN 2 THEN 'stopped' ELSE 'done' END, CASE n WHEN 2 THEN 'clock-jumped' END, 0, '{}', '{}',
         CASE n WHEN 3 THEN '{"removed":{"abandonedCarts":12,"cartStates":40,"people":1}}' ELSE '{"removed":{}}' END::jsonb
       FROM generate_series(1, 3) n`,
      [shopId],
    );
    const admin = await open(wide);
    const { app, page } = admin;
    await app.getByText('4 held · 1 due', { exact: true }).waitFor();
    await app.getByText('Removed: 12 abandoned carts, 1 person.').waitFor();
    const field = app.getByLabel('Abandoned carts');
    await field.fill('14');
    await app.getByText('This may be kept for 13 months at most.').waitFor();
    await app.getByText('Correct the fields above to see what would go.').waitFor();
    await field.fill('1');
    await app.getByText('With these terms 2 more are due at once.').waitFor();
    await app.getByText('4 held · 3 due (now: 1)').waitFor();
    await app.getByRole('button', { name: 'Show month by month' }).click();
    await app.getByRole('region', { name: 'How much goes in each month' }).waitFor();
    await expectAccessible(admin);
    await picture(admin, 'dirty-wide');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Retention saved').waitFor();
    const saved = await running.superuser<{ version: number; actor: string; terms: { abandonedCarts: number } }>(
      'SELECT version, actor, terms FROM app.retention_settings WHERE shop_id = $1',
      [shopId],
    );
    expect(saved).toMatchObject([{ version: 1, terms: { abandonedCarts: 1 } }]);
    expect(saved[0]?.actor).toMatch(/^staff:/);
    await page.close();
  });

  it('takes back what was typed', async () => {
    const { app, page } = await open(wide);
    const field = app.getByLabel('Orders', { exact: true });
    await field.fill('3');
    await page.getByRole('button', { name: 'Discard' }).click();
    await expect.poll(() => field.inputValue()).toBe('13');
    await page.close();
  });

  it('says when somebody else saved meanwhile, and saves nothing', async () => {
    const { app, page } = await open(wide);
    await app.getByLabel('Empty carts').fill('30');
    await running.superuser(
      `INSERT INTO app.retention_settings (shop_id, version, changed_at, actor, terms)
       SELECT shop_id, version + 1, now(), actor, terms || '{"emptyCarts": 60}' FROM app.retention_settings WHERE shop_id = $1`,
      [shopId],
    );
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await app.getByText('Somebody changed these settings meanwhile.').waitFor();
    await expect.poll(() => app.getByLabel('Empty carts').inputValue()).toBe('60');
    await page.close();
  });

  it('fits a phone', async () => {
    const admin = await open(narrow);
    await admin.app.getByText('held', { exact: false }).first().waitFor();
    await expectAccessible(admin);
    await picture(admin, 'narrow');
    await admin.page.close();
  });

  it('lets others see, and change nothing', async () => {
    const admin = await open(wide, 'staff');
    await admin.app.getByText('Only an owner can change').waitFor();
    expect(await admin.app.getByLabel('Orders', { exact: true }).isDisabled()).toBe(true);
    await expectAccessible(admin);
    await picture(admin, 'staff-wide');
    await admin.page.close();
  });
});
