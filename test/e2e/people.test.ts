/** Who sees whom: roles, purposes, hiding, strict mode, customers; in a real browser, wide and narrow. */
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { expectAccessible } from '#test/e2e/support/accessibility.ts';
import { type AdminPage, appFrame, onboard, openApp } from '#test/e2e/support/admin.ts';
import { type RunningApp, startRunningApp } from '#test/e2e/support/running-app.ts';
import { launchBrowser, type TestBrowser } from '#test/support/browser.ts';
import { line, seedCarts } from '#test/support/seed-carts.ts';
import { seedPeople } from '#test/support/seed-people.ts';
import type { StaffRole } from '#test/shopify/world/staff.ts';

const SHOP = 'atelier-nord.myshopify.com';
const OTHER_SHOP = 'second-shop.myshopify.com';
const WIDE = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const JETTE = { firstName: 'Jette', lastName: 'Sommer', email: 'jette@sommer.example', code: '7F3K' };

let running: RunningApp;
let browser: TestBrowser;
let shopId: string;
let personId: string;
let cartId: string;
let foreignId: string;
const contexts: BrowserContext[] = [];

async function open(path: string, as: StaffRole = 'owner', options = WIDE): Promise<AdminPage> {
  const context = await browser.newContext(options);
  contexts.push(context);
  return openApp(context, running.shopify, SHOP, `${path}?as=${as}`);
}
const text = ({ app }: AdminPage) => app.locator('body').innerText();
const records = () =>
  running.superuser<{ purpose: string; page: string; value_count: number }>(
    'SELECT purpose, page, value_count FROM app.access_records WHERE shop_id = $1 ORDER BY seq',
    [shopId],
  );
/** Gives a role to the staff member who came last. */
const giveRole = (role: string) =>
  running.superuser(
    `UPDATE app.staff_members SET role = $2 WHERE (shop_id, id) IN
       (SELECT shop_id, id FROM app.staff_members WHERE shop_id = $1 ORDER BY first_seen_at DESC LIMIT 1)`,
    [shopId, role],
  );
async function show({ app }: AdminPage, purpose = 'Customer service'): Promise<void> {
  await app.getByRole('button', { name: 'Show for…' }).click();
  await app.getByRole('menuitem', { name: new RegExp(`^${purpose}`) }).click();
  await app.getByRole('button', { name: 'Hide', exact: true }).waitFor();
}

beforeAll(async () => {
  running = await startRunningApp({ programs: ['web'] });
  browser = await launchBrowser();
  shopId = await onboard(running, SHOP);
  const otherShopId = await onboard(running, OTHER_SHOP);
  [personId = ''] = await seedPeople(running, shopId, [JETTE]);
  [foreignId = ''] = await seedPeople(running, otherShopId, [{ ...JETTE, code: 'M0TX' }]);
  const atMs = Date.now() - 120_000;
  [cartId = ''] = await seedCarts(running, shopId, [
    {
      states: [{ atMs, lines: [line('Clay mug', 2, 2400)] }],
      personCode: '7F3K',
      order: { atMs: atMs + 1, name: '#1001' },
    },
  ]);
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  await running.superuser('DELETE FROM app.reveals');
  await running.superuser('DELETE FROM app.access_settings');
});
afterAll(async () => {
  await browser.close();
  await running.close();
});

describe('names', () => {
  it('are hidden until a purpose is chosen; then they stay on the next pages, on record, until Hide', async () => {
    const before = (await records()).length;
    const admin = await open('/app/carts');
    await admin.app.getByRole('link', { name: /^Customer 7F3K/ }).waitFor();
    expect(await text(admin)).not.toMatch(/Jette|Sommer|@/);
    expect((await records()).length).toBe(before);
    await expectAccessible(admin);

    await show(admin);
    await admin.app.getByText(/^Names shown for customer service · \d+ min$/).waitFor();
    const link = admin.app.getByRole('link', { name: /^Jette Sommer/ });
    await link.waitFor();
    expect(await text(admin)).toContain('Customer 7F3K');
    expect((await records()).slice(before)).toMatchObject([{ purpose: 'customer-service', page: 'carts' }]);
    await expectAccessible(admin);

    await link.click();
    await admin.app.getByRole('heading', { name: 'Customer 7F3K' }).waitFor();
    await admin.app.getByText('jette@sommer.example').waitFor();
    expect((await records()).at(-1)).toMatchObject({ purpose: 'customer-service', page: 'cart' });
    await expectAccessible(admin);

    await admin.app.getByRole('button', { name: 'Hide', exact: true }).click();
    await admin.app.getByText('jette@sommer.example').waitFor({ state: 'detached' });
    expect(await text(admin)).not.toMatch(/Jette|Sommer|@/);
  });

  it('run out: a page that lies open loses them, and says so', async () => {
    const admin = await open('/app/carts');
    await show(admin);
    await admin.app.getByRole('link', { name: /^Jette Sommer/ }).waitFor();
    await running.superuser(`UPDATE app.reveals SET used_at = used_at - interval '31 minutes'`);
    await admin.app.getByRole('button', { name: 'Show for…' }).waitFor();
    expect(await text(admin)).not.toMatch(/Jette|Sommer|@/);
  });

  it('that are shown leave a page with one record, however often it asks what has changed', async () => {
    const admin = await open('/app/carts');
    await show(admin);
    await admin.app.getByRole('link', { name: /^Jette Sommer/ }).waitFor();
    const before = (await records()).length;
    const asked = Array.from({ length: 3 }, () =>
      admin.page.waitForResponse((response) => response.url().endsWith('/app/carts/changes')),
    );
    await Promise.all(asked);
    expect((await records()).length).toBe(before);
  });

  it('are chosen by keyboard alone', async () => {
    const admin = await open('/app/carts');
    await admin.app.getByRole('button', { name: 'Show for…' }).focus();
    await admin.page.keyboard.press('Enter');
    const choice = admin.app.getByRole('menuitem', { name: /^Customer service/ });
    await choice.waitFor();
    for (let presses = 0; presses < 6; presses++) {
      if (await choice.evaluate((node) => node === document.activeElement)) break;
      await admin.page.keyboard.press('Tab');
    }
    await admin.page.keyboard.press('Enter');
    await admin.app.getByRole('link', { name: /^Jette Sommer/ }).waitFor();
  });
});

describe('roles', () => {
  it('somebody seen for the first time is analyst: carts without people, and told why and whom to ask', async () => {
    const admin = await open('/app/carts', 'staff');
    await admin.app.getByRole('link', { name: /^Customer 7F3K/ }).waitFor();
    expect(await admin.app.getByRole('button', { name: 'Show for…' }).count()).toBe(0);
    await admin.app.getByRole('button', { name: 'Why?' }).click();
    await admin.app.getByText('Your role does not show names').waitFor();
    await admin.app.getByText('Ask Maude Lachance, who can change your role.').waitFor();
    await admin.page.keyboard.press('Escape');
    await expectAccessible(admin);

    const person = await open(`/app/customers/${personId}`, 'staff');
    await person.app.getByRole('heading', { name: 'This is not part of your role' }).waitFor();
    await person.app.getByText('It does not include customers.').waitFor();
    await expectAccessible(person);
  });

  it('support sees names for a purpose; an auditor no carts at all', async () => {
    const first = await open('/app/carts', 'second-staff');
    await first.app.getByRole('button', { name: 'Why?' }).waitFor();
    await giveRole('support');
    const support = await open('/app/customers', 'second-staff');
    await show(support);
    await support.app.getByRole('link', { name: /^Jette Sommer/ }).waitFor();
    await giveRole('auditor');
    const auditor = await open('/app/carts', 'second-staff');
    await auditor.app.getByText('It does not include carts.').waitFor();
  });

  it('are given on one page, and the end of an access holds at once, also for names that are shown', async () => {
    const first = await open('/app/carts', 'third-staff');
    await first.app.getByRole('button', { name: 'Why?' }).waitFor();
    const owner = await open('/app/settings/roles');
    await owner.app.getByRole('heading', { name: 'Paul Dubé' }).waitFor();
    await expectAccessible(owner);
    await owner.app.getByLabel('Role of Paul Dubé').selectOption('support');
    await owner.page.locator('[data-save="save"]').click();
    await expect
      .poll(() =>
        running.superuser(`SELECT 1 FROM app.staff_members WHERE shop_id = $1 AND role = 'support'`, [shopId]),
      )
      .toHaveLength(1);

    const support = await open('/app/carts', 'third-staff');
    await show(support);
    await support.app.getByRole('link', { name: /^Jette Sommer/ }).waitFor();
    await owner.app.getByRole('button', { name: 'End access now: Paul Dubé' }).click();
    await owner.app.getByRole('button', { name: 'Give access again: Paul Dubé, as analyst' }).waitFor();
    await expectAccessible(owner);
    const again = await open('/app/carts', 'third-staff');
    await again.app.getByRole('heading', { name: 'Your access has ended' }).waitFor();
  });
});

describe('a strict shop', () => {
  it('masks by letter and shows a field whole for a reason, on record', async () => {
    const owner = await open('/app/settings/roles');
    await owner.app.getByLabel('Mask names and e-mails by letter').check();
    await owner.page.locator('[data-save="save"]').click();
    await expect.poll(() => running.superuser('SELECT 1 FROM app.access_settings')).toHaveLength(1);

    const admin = await open(`/app/customers/${personId}`);
    await show(admin);
    await admin.app.getByText('j•••@…').waitFor();
    expect(await text(admin)).not.toMatch(/Jette|Sommer|jette@/);
    await admin.app.getByRole('button', { name: 'Show the e-mail address' }).click();
    await admin.app.getByRole('menuitem', { name: 'The customer has contacted us' }).click();
    await admin.app.getByText('jette@sommer.example').waitFor();
    expect((await records()).at(-1)).toMatchObject({ purpose: 'show-field', value_count: 1 });
    expect(await text(admin)).not.toMatch(/Jette|Sommer/);
    await expectAccessible(admin);
  });
});

describe('customers', () => {
  it('are listed by code; found by e-mail as an act on record, the address in no address', async () => {
    const admin = await open('/app/customers');
    await admin.app.getByRole('link', { name: /^Customer 7F3K, 1 cart, 1 order/ }).waitFor();
    await expectAccessible(admin);
    await admin.app.getByRole('button', { name: 'Find by e-mail' }).click();
    await admin.app.getByLabel('E-mail address the customer gave you').fill('nobody@sommer.example');
    await admin.app.getByRole('button', { name: 'Find', exact: true }).click();
    await admin.app.getByText('No customer has this address.').waitFor();
    await admin.app.getByLabel('E-mail address the customer gave you').fill(' Jette@Sommer.example ');
    await admin.app.getByRole('button', { name: 'Find', exact: true }).click();
    await admin.app.getByText('One customer found.').waitFor();
    await expectAccessible(admin);
    expect((await records()).slice(-2)).toMatchObject([{ purpose: 'email-search' }, { purpose: 'email-search' }]);
    expect((await appFrame(admin)).url()).not.toMatch(/@|sommer/i);
    await admin.app.getByRole('status').getByRole('link', { name: 'Customer 7F3K' }).click();
    await admin.app.getByRole('heading', { name: 'Customer 7F3K' }).waitFor();
  });

  it('a person of another shop, a random one and nonsense are the same page that says nothing', async () => {
    const pages: string[] = [];
    for (const id of [foreignId, '019abcde-0000-7000-8000-000000000000', 'nonsense']) {
      const admin = await open(`/app/customers/${id}`);
      await admin.app.getByRole('heading', { name: 'There is no such page' }).waitFor();
      pages.push(await text(admin));
    }
    expect(new Set(pages).size).toBe(1);
  });
});

describe('on a phone', () => {
  it.each([
    ['/app/carts', 'Carts'],
    ['/app/customers', 'Customers'],
    ['person', 'Jette Sommer'],
    ['cart', 'Customer 7F3K'],
    ['/app/settings/roles', 'Roles'],
  ])('%s fits the width, with names shown', async (path, heading) => {
    const carts = await open('/app/carts', 'owner', PHONE);
    await show(carts);
    const to = path === 'person' ? `/app/customers/${personId}` : path === 'cart' ? `/app/carts/${cartId}` : path;
    const admin = await open(to, 'owner', PHONE);
    await admin.app.getByRole('heading', { name: heading, exact: true }).first().waitFor();
    const frame = await appFrame(admin);
    const overflow = await frame.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await expectAccessible(admin);
  });
});

describe('choices', () => {
  it('are shown on the page of a customer, and staff who answer requests opt the customer out, on record', async () => {
    const admin = await open(`/app/customers/${personId}`);
    await admin.app.getByRole('heading', { name: 'Choices' }).waitFor();
    await admin.app.getByText('Not known yet').waitFor();
    await expectAccessible(admin);
    await admin.app.getByRole('button', { name: 'Opt out of data sale' }).click();
    await admin.app.getByText(/^Do this when the customer asked for it/).waitFor();
    await admin.app.getByRole('button', { name: 'Opt out', exact: true }).click();
    await admin.app.getByText('Opted out of data sale').waitFor();
    await admin.app.getByText(/set here by your staff/).waitFor();
    await admin.app.getByText(/Shopify has not confirmed it yet/).waitFor();
    await expectAccessible(admin);
    expect((await records()).map(({ page }) => page)).toEqual(
      expect.arrayContaining(['choices.opt-out', 'person-opt-out']),
    );
    const jobs = await running.superuser<{ data: unknown }>(
      `SELECT data FROM pgboss.job WHERE name = 'choices.opt-out'`,
    );
    expect(jobs.map(({ data }) => data)).toEqual([{ shopId, personId }]);
  });
});
