/** Who sees whom: roles, purposes, hiding, strict mode, customers; in a real browser, wide and narrow. */
import type { BrowserContext, BrowserContextOptions, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { expectAccessible } from '#test/e2e/support/accessibility.ts';
import { type AdminPage, appFrame, onboard, openApp } from '#test/e2e/support/admin.ts';
import { WIDE, PHONE } from '#test/e2e/support/looks.ts';
import { type RunningApp, startRunningApp } from '#test/e2e/support/running-app.ts';
import { launchBrowser, type TestBrowser } from '#test/support/browser.ts';
import { line, seedCarts } from '#test/support/seed-carts.ts';
import { seedPeople } from '#test/support/seed-people.ts';
import type { StaffRole } from '#test/shopify/world/staff.ts';

const SHOP = 'atelier-nord.myshopify.com';
const OTHER_SHOP = 'second-shop.myshopify.com';
const JETTE = { firstName: 'Jette', lastName: 'Sommer', email: 'jette@sommer.example', code: '7F3K' };

let running: RunningApp;
let browser: TestBrowser;
let shopId: string;
let personId: string;
let foreignId: string;
const contexts: BrowserContext[] = [];

async function open(
  path: string,
  as: StaffRole = 'owner',
  options: BrowserContextOptions = WIDE,
  prepare: (context: BrowserContext) => Promise<void> = () => Promise.resolve(),
): Promise<AdminPage> {
  const context = await browser.newContext(options);
  contexts.push(context);
  await prepare(context);
  return openApp(context, running.shopify, SHOP, `${path}?as=${as}`);
}
/** Where pictures of the pages go, when somebody wants to look at them. */
const SHOTS = process.env['SCREENSHOTS'];
async function shoot({ page }: AdminPage, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}
const text = ({ app }: AdminPage) => app.locator('body').innerText();
const records = () =>
  running.superuser<{ purpose: string; page: string; value_count: number }>(
    'SELECT purpose, page, value_count FROM app.access_records WHERE shop_id = $1 ORDER BY seq',
    [shopId],
  );
const isFocused = (element: Locator) => element.evaluate((node) => node === document.activeElement);
/** Gives a role to the staff member who came last. */
const giveRole = (role: string) =>
  running.superuser(
    `UPDATE app.staff_members SET role = $2 WHERE (shop_id, id) IN
       (SELECT shop_id, id FROM app.staff_members WHERE shop_id = $1 ORDER BY first_seen_at DESC LIMIT 1)`,
    [shopId, role],
  );
const SHOW = { name: 'Show for customer service' };
async function show({ app }: AdminPage): Promise<void> {
  await app.getByRole('button', SHOW).click();
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
  await seedCarts(running, shopId, [
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
    await admin.app.getByRole('button', SHOW).waitFor();
    expect(await text(admin)).not.toMatch(/Jette|Sommer|@/);
  });

  it('run out by the clock of a page that lies open, also when it reaches nobody', async () => {
    const admin = await open('/app/carts', 'owner', WIDE, (context) => context.clock.install());
    await show(admin);
    await admin.app.getByRole('link', { name: /^Jette Sommer/ }).waitFor();
    await admin.page.context().setOffline(true);
    await admin.page.clock.fastForward('29:00');
    await admin.app.getByText(/^Names shown for customer service · 1 min$/).waitFor();
    expect(await text(admin)).toContain('jette@sommer.example');
    await admin.page.clock.fastForward('01:10');
    await admin.app.getByRole('link', { name: /^Jette Sommer/ }).waitFor({ state: 'detached' });
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

  it('cost one press of a key, which takes the focus along and is told to screen readers; so does hiding them', async () => {
    const admin = await open('/app/carts');
    const button = admin.app.getByRole('button', SHOW);
    const note = await button.getAttribute('aria-describedby');
    expect(await admin.app.locator(`[id="${String(note)}"]`).textContent()).toMatch(
      /noted in the access log.*30 minutes/,
    );
    await button.focus();
    await admin.page.keyboard.press('Enter');
    await admin.app.getByRole('link', { name: /^Jette Sommer/ }).waitFor();
    const hide = admin.app.getByRole('button', { name: 'Hide', exact: true });
    await expect.poll(() => isFocused(hide)).toBe(true);
    const names = admin.app.getByRole('group', { name: 'Names of customers' });
    await names.getByRole('status').getByText('Names shown for customer service', { exact: true }).waitFor();
    await admin.page.keyboard.press('Enter');
    await expect.poll(() => isFocused(button)).toBe(true);
    await names.getByRole('status').getByText('Names hidden', { exact: true }).waitFor();
    expect(await text(admin)).not.toMatch(/Jette|Sommer|@/);
  });

  it('can be shown for another purpose, by keyboard alone; that one is offered from then on', async () => {
    const admin = await open('/app/carts');
    await admin.app.getByRole('button', { name: 'Choose another purpose' }).focus();
    await admin.page.keyboard.press('Enter');
    const choice = admin.app.getByRole('menuitem', { name: /^A request by law/ });
    await choice.waitFor();
    for (let presses = 0; presses < 6 && !(await isFocused(choice)); presses++) await admin.page.keyboard.press('Tab');
    await admin.page.keyboard.press('Enter');
    await admin.app.getByRole('link', { name: /^Jette Sommer/ }).waitFor();
    await admin.app.getByText(/^Names shown for a request by law · \d+ min$/).waitFor();
    expect((await records()).at(-1)).toMatchObject({ purpose: 'privacy-requests', page: 'carts' });
    await admin.app.getByRole('button', { name: 'Hide', exact: true }).click();
    await admin.app.getByRole('button', { name: 'Show for a request by law' }).waitFor();
    const later = await open('/app/customers');
    await later.app.getByRole('button', { name: 'Show for a request by law' }).waitFor();
    expect(await text(later)).not.toMatch(/Jette|Sommer|@/);
  });

  it('of somebody whose cart comes while they are shown arrive with the cart, on record', async () => {
    const admin = await open('/app/carts');
    await show(admin);
    await admin.app.getByRole('link', { name: /^Jette Sommer/ }).waitFor();
    const before = (await records()).length;
    const [laterId] = await seedPeople(running, shopId, [
      { firstName: 'Wanda', lastName: 'Neumann', email: 'wanda@neumann.example', code: 'W4ND' },
    ]);
    await seedCarts(running, shopId, [
      { states: [{ atMs: Date.now(), lines: [line('Soap', 1, 899)] }], personCode: 'W4ND' },
    ]);
    // Her row waits above the list as long as somebody seems to read it.
    await admin.app.getByRole('link', { name: /^Wanda Neumann/ }).waitFor();
    expect(await text(admin)).toContain('wanda@neumann.example');
    const since = (await records()).slice(before);
    expect(since.length).toBeGreaterThan(0);
    for (const record of since) expect(record).toMatchObject({ purpose: 'customer-service', page: 'carts' });
    // The record tells of Wanda: her pseudonym is among its subjects.
    const told = await running.superuser<{ is_told: boolean }>(
      `SELECT bool_or(k.pseudonym = ANY (r.subjects)) AS is_told FROM app.access_records r, keys.subject_keys k
       WHERE r.shop_id = $1 AND k.shop_id = $1 AND k.subject_id = $2 AND r.seq > $3`,
      [shopId, laterId, before],
    );
    expect(told).toEqual([{ is_told: true }]);
  });

  it('of a guest who turns out to be somebody come by the answer to a poll: one record, and no use of the half hour', async () => {
    const [guestCartId] = await seedCarts(running, shopId, [
      { states: [{ atMs: Date.now() - 60_000, lines: [line('Lamp', 1, 18950)] }] },
    ]);
    const [nameId] = await seedPeople(running, shopId, [
      { firstName: 'Gustav', lastName: 'Gast', email: 'gustav@gast.example', code: 'G45T' },
    ]);
    const admin = await open('/app/carts');
    await show(admin);
    await admin.app.getByRole('link', { name: /^Jette Sommer/ }).waitFor();
    expect(await text(admin)).not.toContain('Gustav');
    const before = (await records()).length;
    await running.superuser(`UPDATE app.reveals SET used_at = used_at - interval '5 minutes'`);
    const reveals = () => running.superuser<{ used_at: Date }>('SELECT used_at FROM app.reveals');
    const used = await reveals();
    await running.superuser(
      `WITH linked AS (UPDATE app.carts SET person_id = $3, person_evidence = 'customer-id' WHERE shop_id = $1 AND id = $2)
       UPDATE app.shop_activity SET revision = revision + 1 WHERE shop_id = $1`,
      [shopId, guestCartId, nameId],
    );
    await admin.app.getByRole('link', { name: /^Gustav Gast/ }).waitFor();
    expect((await records()).slice(before)).toMatchObject([{ purpose: 'customer-service', page: 'carts' }]);
    expect(await reveals()).toEqual(used);
  });
});

describe('an address', () => {
  it('is copied by its button, which is on record under its own name; refused, nothing is in the clipboard', async () => {
    const admin = await open(`/app/customers/${personId}`, 'owner', {
      ...WIDE,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await show(admin);
    const copy = admin.app.getByRole('button', { name: /^Copy the e-mail address/ });
    await copy.waitFor();
    const before = (await records()).length;
    await copy.click();
    await admin.app.getByText('Copied', { exact: true }).waitFor();
    expect(await admin.page.evaluate(() => navigator.clipboard.readText())).toBe('jette@sommer.example');
    expect((await records()).slice(before)).toMatchObject([{ purpose: 'copy-address', value_count: 1 }]);

    await admin.page.evaluate(() => navigator.clipboard.writeText('before'));
    // Masked meanwhile, in another window: a whole address now wants a reason, which this page does not give.
    await running.superuser(
      `INSERT INTO app.access_settings (shop_id, masks_names, hidden_countries, changed_at, changed_by)
       VALUES ($1, true, '{}', now(), 'staff:test')`,
      [shopId],
    );
    await copy.click();
    await admin.app.getByText('Not available.', { exact: false }).waitFor();
    expect(await admin.page.evaluate(() => navigator.clipboard.readText())).toBe('before');
  });
});

describe('roles', () => {
  it('somebody seen for the first time is analyst: carts without people, and told why and whom to ask', async () => {
    const admin = await open('/app/carts', 'staff');
    await admin.app.getByRole('link', { name: /^Customer 7F3K/ }).waitFor();
    expect(await admin.app.getByRole('button', { name: /^Show for/ }).count()).toBe(0);
    await admin.app.getByRole('button', { name: 'Why?' }).click();
    await admin.app.getByText('Your role does not show names').waitFor();
    await admin.app.getByText('Ask Maude Lachance, who can change your role.').waitFor();
    await admin.page.keyboard.press('Escape');
    await expectAccessible(admin);

    const person = await open(`/app/customers/${personId}`, 'staff');
    await person.app.getByRole('heading', { name: 'This is not part of your role' }).waitFor();
    await person.app.getByText('It does not include customers.').waitFor();
    await expectAccessible(person);
    await person.app.getByRole('link', { name: 'Go to the start page' }).click();
    await person.app.getByRole('heading', { name: 'Carts', exact: true }).waitFor();
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
    // The right to tell Shopify is asked for here, when it is wanted, and only then.
    await admin.app.getByText(/your shop has not allowed Cart Insights/).waitFor();
    await expectAccessible(admin);
    await shoot(admin, 'choices-not-allowed');
    await admin.app.getByRole('button', { name: 'Allow it' }).click();
    const frame = await appFrame(admin);
    await expect
      .poll(() =>
        frame.evaluate(() =>
          (window as unknown as { __appBridgeCalls: { name: string; args: object[] }[] }).__appBridgeCalls
            .filter(({ name }) => name === 'scopes.request')
            .map(({ args: [scopes = []] }) => Object.values(scopes) as unknown[]),
        ),
      )
      .toEqual([['write_privacy_settings']]);
    // Shopify says by webhook that it is granted now.
    await running.superuser(
      `UPDATE app.shops SET granted_scopes = granted_scopes || '{write_privacy_settings}' WHERE id = $1`,
      [shopId],
    );
    await admin.page.reload();
    await admin.app.getByText(/Shopify has not taken it over yet/).waitFor();
    await expectAccessible(admin);
    expect((await records()).map(({ page }) => page)).toEqual(
      expect.arrayContaining(['choices.opt-out', 'person-opt-out']),
    );
    const jobs = await running.superuser<{ data: unknown }>(
      `SELECT data FROM pgboss.job WHERE name = 'choices.opt-out'`,
    );
    expect(jobs.map(({ data }) => data)).toEqual([{ shopId, personId }]);
  });

  it.each([
    ['wide', WIDE],
    ['narrow', PHONE],
  ] as const)('set here by mistake are taken back, with a reason, on record; %s', async (width, options) => {
    const admin = await open(`/app/customers/${personId}`, 'owner', options);
    if (width === 'narrow') {
      await admin.app.getByRole('button', { name: 'Opt out of data sale' }).click();
      await admin.app.getByRole('button', { name: 'Opt out', exact: true }).click();
    }
    await admin.app.getByRole('button', { name: 'Take the opt-out back' }).click();
    await admin.app.getByLabel('Why?').selectOption('wish');
    await expectAccessible(admin);
    const frame = await appFrame(admin);
    expect(await frame.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await shoot(admin, `choices-take-back-${width}`);
    await admin.app.getByRole('button', { name: 'Take it back' }).click();
    await admin.app.getByText('Not known yet').waitFor();
    await admin.app.getByRole('button', { name: 'Opt out of data sale' }).waitFor();
    const [record] = await running.superuser(
      `SELECT page, reason FROM app.access_records WHERE shop_id = $1 AND page = 'person-opt-out-taken-back' ORDER BY seq DESC`,
      [shopId],
    );
    expect(record).toEqual({ page: 'person-opt-out-taken-back', reason: 'wish' });
  });

  it('lead to an objection for this customer, without saying who that is in the address', async () => {
    const admin = await open(`/app/customers/${personId}`);
    await admin.app.getByRole('link', { name: 'Begin an objection' }).click();
    await admin.app.getByText('Customer 7F3K, from their page').waitFor();
    const frame = await appFrame(admin);
    expect(await admin.app.getByLabel('Stop using their data').isChecked()).toBe(true);
    expect(frame.url()).not.toMatch(/@|sommer|7F3K/i);
    await expectAccessible(admin);
    await shoot(admin, 'objection-prefilled');
    const narrow = await open(`/app/requests/new`, 'owner', PHONE);
    await narrow.app.getByRole('heading', { name: 'Who is it?' }).waitFor();
    // Somebody who is not of this shop is nobody here.
    const foreign = await openApp(admin.page.context(), running.shopify, SHOP, `/app/requests/new?person=${foreignId}`);
    await foreign.app.getByText('This customer is not there any more').waitFor();
    await admin.app.getByRole('button', { name: 'Begin', exact: true }).click();
    await admin.app.getByRole('heading', { name: /Stop using their data/ }).waitFor();
    const [request] = await running.superuser(`SELECT kind, state FROM app.privacy_requests WHERE shop_id = $1`, [
      shopId,
    ]);
    expect(request).toEqual({ kind: 'objection', state: 'received' });
  });
});
