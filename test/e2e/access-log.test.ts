/** The Access log page, wide and narrow, as an owner sees it. */
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { writeAccessRecord, type AccessRecordEntry } from '#app/access/record.ts';
import { withShop } from '#app/data/with-shop.ts';
import { expectAccessible } from '#test/e2e/support/accessibility.ts';
import { type AdminPage, onboard, openApp } from '#test/e2e/support/admin.ts';
import { expectFits, PHONE, takePicture, WIDE } from '#test/e2e/support/looks.ts';
import { type RunningApp, startRunningApp } from '#test/e2e/support/running-app.ts';
import { clearAccessLog, tamperAccessLog } from '#test/support/access-log.ts';
import { launchBrowser, type TestBrowser } from '#test/support/browser.ts';

const SHOP = 'atelier-nord.myshopify.com';
const ANN = 'staff:3f2a0000000000000000000000000001';

let running: RunningApp;
let browser: TestBrowser;
let shopId: string;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  running = await startRunningApp({ programs: ['web'] });
  browser = await launchBrowser();
  shopId = await onboard(running, SHOP);
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
afterAll(async () => {
  await browser.close();
  await running.close();
});

async function openLog(options: Parameters<TestBrowser['newContext']>[0] = WIDE, search = ''): Promise<AdminPage> {
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  contexts.push(context);
  const admin = await openApp(context, running.shopify, SHOP, `/app/access-log${search}`);
  await admin.app.getByRole('heading', { name: 'Access log' }).waitFor();
  return admin;
}

async function record(more: Partial<AccessRecordEntry> = {}): Promise<void> {
  await withShop(running.db, shopId, (tx) =>
    writeAccessRecord(tx, shopId, {
      at: new Date(),
      actor: ANN,
      purpose: 'cart-activity',
      page: 'cart',
      fields: ['app.cart_states.sealed.lines', 'app.checkouts.sealed.country'],
      subjects: [Buffer.alloc(16, 1), Buffer.alloc(16, 2)],
      valueCount: 5,
      requestId: 'r',
      ...more,
    }),
  );
}

const rowsOf = ({ app }: AdminPage) => app.locator('.ci-log tbody tr').allInnerTexts();

describe('the access log', () => {
  it('says what will appear while nothing has', async () => {
    await clearAccessLog(running);
    const admin = await openLog();
    await admin.app.getByText('Nobody has looked at anything yet').waitFor();
    await admin.app.getByText('Not verified yet').waitFor();
    await expectAccessible(admin);
    await takePicture(admin, 'access-log-first-use');
  });

  it('shows who, when, for what, which fields of how many; verifies; filters stand in the address', async () => {
    await clearAccessLog(running);
    await record();
    await record({
      purpose: 'customer-service',
      page: 'customer',
      fields: ['app.people.sealed.firstName'],
      peopleCount: 1,
    });
    await record({
      actor: 'operator:root',
      purpose: 'security',
      page: 'ops audit:verify',
      fields: [],
      subjects: [],
      outcome: 'started',
    });
    await record({ outcome: 'denied', fields: [], subjects: [], valueCount: 0 });
    await record({ actor: 'system:choices.read', purpose: 'privacy-requests', page: 'choices.read' });
    const admin = await openLog();
    await admin.app.getByText('customer: first name').locator('visible=true').waitFor();
    const rows = await rowsOf(admin);
    expect(rows).toHaveLength(4);
    expect(rows.join('\n')).toContain('cart: lines; checkout: country');
    expect(rows.join('\n')).toContain('Staff 3F2A');
    expect(rows.join('\n')).toContain('Operator root');

    await admin.app.getByRole('button', { name: 'Verify now' }).click();
    await admin.app.getByText('Intact: 5 records verified.').waitFor();
    await expectAccessible(admin);
    await takePicture(admin, 'access-log-wide');

    await admin.app.getByLabel('Purpose').selectOption('customer-service');
    await admin.app.getByRole('button', { name: 'Clear filters' }).waitFor();
    await expect.poll(async () => (await rowsOf(admin)).length).toBe(1);
    await admin.app.getByLabel('Who').selectOption('operator:root');
    await admin.app.getByText('No such record').waitFor();
    await admin.app.getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(async () => (await rowsOf(admin)).length).toBe(4);

    // What the app does by itself is on record too, and does not hide what people look at.
    await admin.app.getByLabel('Who').selectOption('all');
    await expect.poll(async () => (await rowsOf(admin)).length).toBe(5);
    expect((await rowsOf(admin))[0]).toContain('Automatic: reading opt-outs');
  });

  it('shows how often people looked, day by day, as bars and in numbers; wide and narrow', async () => {
    await clearAccessLog(running);
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    const named = {
      purpose: 'customer-service',
      page: 'person',
      fields: ['app.people.sealed.email'],
      valueCount: 2,
    } as const;
    for (let ago = 0; ago < 28; ago += 1) {
      for (let n = 0; n < (ago * 7) % 11; n += 1) await record({ at: daysAgo(ago), ...(n % 3 === 0 ? named : {}) });
    }
    await record({ at: daysAgo(2), actor: 'system:choices.read' });
    await record({ at: daysAgo(2), outcome: 'denied', fields: [], subjects: [], valueCount: 0 });
    for (const [width, options] of [
      ['wide', WIDE],
      ['narrow', PHONE],
    ] as const) {
      const admin = await openLog(options);
      await admin.app.getByRole('heading', { name: 'The last 30 days' }).waitFor();
      await takePicture(admin, `access-log-looks-${width}`);
      await admin.app.getByText('In numbers').click();
      const rows = await admin.app.locator('.ci-numbers tbody tr').allInnerTexts();
      expect(rows).toHaveLength(30);
      // Two days ago: 14 % 11 looks, of which one with an e-mail.
      expect(rows[2]?.split(/\s+/).slice(1)).toEqual(['3', '1', '12']);
      await expectAccessible(admin);
      await expectFits(admin);
      await takePicture(admin, `access-log-looks-numbers-${width}`);
    }
  });

  it('pages by number, and an address that says nonsense shows the beginning', async () => {
    await clearAccessLog(running);
    for (let n = 0; n < 60; n += 1) await record({ valueCount: n });
    const admin = await openLog(WIDE, '?before=nonsense&from=2026-02-30');
    await expect.poll(async () => (await rowsOf(admin)).length).toBe(50);
    await admin.app.getByRole('button', { name: 'Older' }).click();
    await expect.poll(async () => (await rowsOf(admin)).length).toBe(10);
  });

  it('makes unusual access a review; a second person signs it off, nobody their own', async () => {
    await clearAccessLog(running);
    await record({ outcome: 'failed' });
    const admin = await openLog();
    await admin.app.getByRole('button', { name: 'Look now' }).click();
    await admin.app.getByText('1 value did not open for Staff 3F2A. None should fail.').waitFor();
    await running
      .superuser("UPDATE app.access_reviews SET due_at = now() - interval '1 day' WHERE rule = 'failed'")
      .catch(() => undefined);
    await expectAccessible(admin);
    await takePicture(admin, 'access-log-review-wide');
    const narrow = await openLog(PHONE);
    await narrow.app.getByText('1 value did not open').waitFor();
    await takePicture(narrow, 'access-log-review-narrow');

    const item = admin.app
      .locator('form', { has: admin.app.getByRole('combobox', { name: 'What did you find?' }) })
      .first();
    await item.getByRole('combobox').selectOption('concern:talk-to-them');
    await item.getByRole('button', { name: 'Sign off' }).click();
    await admin.app.getByRole('heading', { name: 'Signed off' }).waitFor();
    expect(await running.superuser('SELECT verdict FROM app.access_reviews WHERE reviewed_at IS NOT NULL')).toEqual([
      { verdict: 'concern' },
    ]);
  });

  it('says loudly that the record was bent', async () => {
    await clearAccessLog(running);
    for (let n = 0; n < 3; n += 1) await record();
    await tamperAccessLog(running, "UPDATE app.access_records SET page = 'nowhere' WHERE seq = 2");
    const admin = await openLog();
    await admin.app.getByRole('button', { name: 'Verify now' }).click();
    await admin.app.getByText('A record was changed (from record 2 on)').waitFor();
    await expectAccessible(admin);
    await takePicture(admin, 'access-log-bent');
  });

  it('is exported as a file, which is itself on record', async () => {
    await clearAccessLog(running);
    await record({ actor: 'operator:=cmd' });
    const admin = await openLog();
    await admin.app.getByRole('button', { name: 'Export CSV' }).click();
    await expect
      .poll(() => running.superuser("SELECT value_count FROM app.access_records WHERE page = 'access-log-export'"))
      .toEqual([{ value_count: 1 }]);
  });

  it('fits a phone', async () => {
    await clearAccessLog(running);
    await record();
    await record({
      purpose: 'customer-service',
      page: 'customer',
      fields: ['app.people.sealed.firstName'],
      peopleCount: 1,
    });
    const admin = await openLog(PHONE);
    await admin.app.getByText('customer: first name').locator('visible=true').waitFor();
    await expectFits(admin);
    await expectAccessible(admin);
    await takePicture(admin, 'access-log-narrow');
  });
});
