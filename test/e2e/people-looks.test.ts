/**
 * How the pages about people look in each of their states, wide and narrow: everything fits, axe finds nothing, and with
 * PICTURES set to a folder there is a picture of each.
 */
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { expectAccessible } from '#test/e2e/support/accessibility.ts';
import { type AdminPage, appFrame, onboard, openApp } from '#test/e2e/support/admin.ts';
import { expectFits, PHONE, takePicture, WIDE } from '#test/e2e/support/looks.ts';
import { type RunningApp, startRunningApp } from '#test/e2e/support/running-app.ts';
import { launchBrowser, type TestBrowser } from '#test/support/browser.ts';
import { line, seedCarts } from '#test/support/seed-carts.ts';
import { seedPeople } from '#test/support/seed-people.ts';
import type { StaffRole } from '#test/shopify/world/staff.ts';

const SHOP = 'atelier-nord.myshopify.com';
const QUIET_SHOP = 'second-shop.myshopify.com';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WIDTHS = [
  ['wide', WIDE],
  ['narrow', PHONE],
] as const;
const PEOPLE = [
  { firstName: 'Jette', lastName: 'Sommer', email: 'jette@sommer.example', code: '7F3K' },
  {
    firstName: 'Maria-Magdalena Theresia',
    lastName: 'von Hohenstein-Langenburg y Villanueva',
    email: 'maria.magdalena.theresia.von.hohenstein-langenburg@correspondence.hohenstein.example',
    code: 'M0TX',
  },
  { firstName: 'Bo', code: 'Q4ZD' },
  { email: 'kassandra@papadopoulou.example', code: 'T8WA' },
];

let running: RunningApp;
let browser: TestBrowser;
let shopId: string;
let lonelyId: string;
let cartId: string;
let guestCartId: string;
let personIds: string[];
/** One for each test; the pages of a test share what the browser keeps. */
let context: BrowserContext | undefined;

async function open(
  path: string,
  options: (typeof WIDTHS)[number][1],
  { as = 'owner', shop = SHOP }: { as?: StaffRole; shop?: string } = {},
): Promise<AdminPage> {
  context ??= await browser.newContext(options);
  return openApp(context, running.shopify, shop, `${path}?as=${as}`);
}
async function look(admin: AdminPage, name: string): Promise<void> {
  await takePicture(admin, name);
  await expectFits(admin);
  await expectAccessible(admin);
}
/** Amounts that take more than one line, which the long name before them must not make them do. */
async function brokenAmounts(admin: AdminPage, whiteSpace = ''): Promise<(string | null)[]> {
  const frame = await appFrame(admin);
  return frame.evaluate(
    (style) =>
      [...document.querySelectorAll<HTMLElement>('span.ci-narrow-only')].flatMap((amount) => {
        amount.style.whiteSpace = style;
        const range = document.createRange();
        range.selectNodeContents(amount);
        return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1
          ? [amount.innerText]
          : [];
      }),
    whiteSpace,
  );
}
const heading = ({ app }: AdminPage, name: string) => app.getByRole('heading', { name, exact: true }).first().waitFor();

/** As if somebody of the staff had chosen customer service a moment ago. */
const showNames = () =>
  running.superuser(
    `INSERT INTO app.reveals (shop_id, member_id, purpose, started_at, used_at)
     SELECT shop_id, id, 'customer-service', now(), now() FROM app.staff_members WHERE shop_id = $1
     ON CONFLICT (shop_id, member_id) DO UPDATE SET purpose = 'customer-service', used_at = now()`,
    [shopId],
  );
const giveRole = (role: string) =>
  running.superuser(`UPDATE app.staff_members SET role = $2 WHERE shop_id = $1 AND NOT is_account_owner`, [
    shopId,
    role,
  ]);

beforeAll(async () => {
  running = await startRunningApp({ programs: ['web'] });
  browser = await launchBrowser();
  shopId = await onboard(running, SHOP);
  await onboard(running, QUIET_SHOP);
  personIds = await seedPeople(running, shopId, PEOPLE);
  [lonelyId = ''] = await seedPeople(running, shopId, [
    { firstName: 'Lone', email: 'lone@wolf.example', code: 'XV0K' },
  ]);
  const now = Date.now();
  const quebec = { country: 'Canada', province: 'Quebec' };
  [cartId = '', guestCartId = ''] = await seedCarts(running, shopId, [
    {
      states: [
        { atMs: now - 9 * MINUTE_MS, lines: [line('Clay mug', 1, 2400)] },
        { atMs: now - 6 * MINUTE_MS, lines: [line('Clay mug', 2, 2400), line('Linen towel', 1, 1850)] },
      ],
      personCode: '7F3K',
      checkout: { atMs: now - 5 * MINUTE_MS, place: quebec },
      order: { atMs: now - 4 * MINUTE_MS, name: '#1001', place: quebec },
    },
    { states: [{ atMs: now - 2 * MINUTE_MS, lines: [line('Soap', 3, 899)] }] },
    {
      states: [{ atMs: now - 200 * MINUTE_MS, lines: [line('Oak shelf, wall-mounted, oiled', 1, 123_450_00)] }],
      personCode: 'M0TX',
    },
    {
      states: [{ atMs: now - 12 * DAY_MS, lines: [line('Lamp', 1, 18950)] }],
      personCode: '7F3K',
      order: { atMs: now - 12 * DAY_MS + 1, name: '#0987', cancelledAtMs: now - 11 * DAY_MS, place: quebec },
    },
    { states: [{ atMs: now - 30 * MINUTE_MS, lines: [line('Lamp', 1, 18950)] }], personCode: 'Q4ZD' },
    {
      states: [{ atMs: now - 3 * DAY_MS, lines: [line('Linen towel', 1, 1850)] }],
      personCode: 'T8WA',
      checkout: { atMs: now - 3 * DAY_MS + 1 },
    },
  ]);
  await running.superuser(
    `UPDATE app.people SET sale_answer = 'may', sale_asked_at = now() - interval '2 hours' WHERE id = $1`,
    [personIds[0]],
  );
  // Everybody of the staff has been here once.
  for (const as of ['owner', 'staff', 'second-staff', 'third-staff'] as const) {
    const admin = await open('/app/carts', WIDE, { as });
    await heading(admin, 'Carts');
  }
  await context?.close();
  context = undefined;
});
afterEach(async () => {
  await context?.close();
  context = undefined;
  await running.superuser('DELETE FROM app.reveals');
  await running.superuser('DELETE FROM app.access_settings');
  await giveRole('analyst');
});
afterAll(async () => {
  await browser.close();
  await running.close();
});

describe.each(WIDTHS)('%s', (width, options) => {
  it('as owner, names hidden', async () => {
    for (const [path, name, title] of [
      ['/app/carts', 'carts', 'Carts'],
      ['/app/customers', 'customers', 'Customers'],
      [`/app/customers/${String(personIds[0])}`, 'person', 'Customer 7F3K'],
      [`/app/carts/${cartId}`, 'cart', 'Cart of customer 7F3K'],
      [`/app/carts/${guestCartId}`, 'cart-guest', 'Guest cart'],
      ['/app/settings/roles', 'roles', 'Roles'],
    ] as const) {
      const admin = await open(path, options);
      await heading(admin, title);
      await look(admin, `hidden-${name}-${width}`);
    }
  });

  it('as owner, names shown', async () => {
    await showNames();
    for (const [path, name, title] of [
      ['/app/carts', 'carts', 'Carts'],
      ['/app/customers', 'customers', 'Customers'],
      [`/app/customers/${String(personIds[0])}`, 'person', 'Jette Sommer'],
      [
        `/app/customers/${String(personIds[1])}`,
        'person-long',
        'Maria-Magdalena Theresia von Hohenstein-Langenburg y Villanueva',
      ],
      [`/app/carts/${cartId}`, 'cart', 'Cart of customer 7F3K'],
      ['/app/access-log', 'access-log', 'Access log'],
    ] as const) {
      const admin = await open(path, options);
      await heading(admin, title);
      await look(admin, `shown-${name}-${width}`);
      if (name === 'carts' && width === 'narrow') {
        expect(await brokenAmounts(admin)).toEqual([]);
        // Control: left to themselves, they are.
        expect(await brokenAmounts(admin, 'normal')).not.toEqual([]);
      }
    }
  });

  it('as owner, what opens: purposes, opting out', async () => {
    const carts = await open('/app/carts', options);
    await carts.app.getByRole('button', { name: 'Choose another purpose' }).click();
    await carts.app.getByRole('menuitem', { name: /^A request by law/ }).waitFor();
    await look(carts, `purposes-${width}`);
    const person = await open(`/app/customers/${String(personIds[0])}`, options);
    await person.app.getByRole('button', { name: 'Opt out of data sale' }).click();
    await person.app.getByRole('button', { name: 'Opt out', exact: true }).waitFor();
    await look(person, `opting-out-${width}`);
    const customers = await open('/app/customers', options);
    await customers.app.getByRole('button', { name: 'Find by e-mail' }).click();
    await customers.app.getByLabel('E-mail address the customer gave you').fill('jette@sommer.example');
    await customers.app.getByRole('button', { name: 'Find', exact: true }).click();
    await customers.app.getByText('One customer found.').waitFor();
    await look(customers, `found-${width}`);
    await customers.app.getByRole('button', { name: 'Find by e-mail' }).click();
    await customers.app.getByText('One customer found.').waitFor({ state: 'detached' });
    await customers.app.getByLabel('Customer code').fill('ZZZZ');
    await customers.app.getByText('No customer found').waitFor();
    await look(customers, `nobody-${width}`);
  });

  it('as owner of a strict shop: masked, and the reasons for one field', async () => {
    await running.superuser(
      `INSERT INTO app.access_settings (shop_id, masks_names, hidden_countries, changed_at, changed_by)
       VALUES ($1, true, ARRAY['DE', 'FR'], now(), 'staff:test')`,
      [shopId],
    );
    await showNames();
    const carts = await open('/app/carts', options);
    await heading(carts, 'Carts');
    await look(carts, `strict-carts-${width}`);
    const person = await open(`/app/customers/${String(personIds[0])}`, options);
    await person.app.getByRole('button', { name: 'Show the name' }).click();
    await person.app.getByRole('menuitem').first().waitFor();
    await look(person, `strict-person-${width}`);
    const roles = await open('/app/settings/roles', options);
    await heading(roles, 'Roles');
    await look(roles, `strict-roles-${width}`);
  });

  it('as support, before a purpose', async () => {
    await giveRole('support');
    const as = 'second-staff';
    for (const [path, name, title] of [
      ['/app/customers', 'customers', 'Customers'],
      [`/app/customers/${String(personIds[3])}`, 'person', 'Customer T8WA'],
    ] as const) {
      const admin = await open(path, options, { as });
      await heading(admin, title);
      await look(admin, `support-${name}-${width}`);
    }
    const roles = await open('/app/settings/roles', options, { as });
    await heading(roles, 'This is not part of your role');
    await look(roles, `support-roles-${width}`);
  });

  it('as analyst: carts without people, told why; customers denied', async () => {
    const as = 'staff';
    const cart = await open(`/app/carts/${cartId}`, options, { as });
    await heading(cart, 'Cart of customer 7F3K');
    await look(cart, `analyst-cart-${width}`);
    const carts = await open('/app/carts', options, { as });
    await carts.app.getByRole('button', { name: 'Why?' }).click();
    await carts.app.getByText('Your role does not show names').waitFor();
    await look(carts, `analyst-why-${width}`);
    const customers = await open('/app/customers', options, { as });
    await heading(customers, 'This is not part of your role');
    await look(customers, `analyst-customers-${width}`);
  });

  it('once an access has ended', async () => {
    const ended = `UPDATE app.staff_members SET ended_at = now() WHERE shop_id = $1 AND id IN
      (SELECT id FROM app.staff_members WHERE shop_id = $1 AND NOT is_account_owner ORDER BY first_seen_at LIMIT 1)`;
    await running.superuser(ended, [shopId]);
    const admin = await open('/app/carts', options, { as: 'staff' });
    await heading(admin, 'Your access has ended');
    await look(admin, `ended-${width}`);
    const roles = await open('/app/settings/roles', options);
    await roles.app.getByRole('button', { name: /^Give access again/ }).waitFor();
    await look(roles, `ended-roles-${width}`);
    await running.superuser('UPDATE app.staff_members SET ended_at = NULL');
  });

  it('in a shop where nothing has happened yet', async () => {
    const shop = QUIET_SHOP;
    const customers = await open('/app/customers', options, { shop });
    await heading(customers, 'Your customers will appear here');
    await look(customers, `empty-customers-${width}`);
    const person = await open(`/app/customers/${lonelyId}`, options, { shop: SHOP });
    await person.app.getByText('No order yet.').waitFor();
    await look(person, `empty-person-${width}`);
    const roles = await open('/app/settings/roles', options, { shop });
    await heading(roles, 'Roles');
    await look(roles, `empty-roles-${width}`);
  });
});

describe('the check of widths', () => {
  it('finds what goes beyond', async () => {
    const admin = await open('/app/customers', PHONE);
    await heading(admin, 'Customers');
    await expectFits(admin);
    const title = admin.app.getByRole('heading', { name: 'Customers', exact: true });
    await title.evaluate((element) => Object.assign(element.style, { whiteSpace: 'nowrap', paddingLeft: '350px' }));
    await expect(expectFits(admin)).rejects.toThrow('what does not fit the width');
  });
});
