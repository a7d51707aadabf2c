/** The pages as a merchant sees them: the built web program, in the frame of the stand-in's admin, in a real browser. */
import type { BrowserContext, Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { texts } from '#app/ui/texts/texts.ts';
import { CARTS_PER_PAGE } from '#app/carts/list.ts';
import { expectAccessible } from '#test/e2e/support/accessibility.ts';
import { type AdminPage, appFrame, onboard, openApp } from '#test/e2e/support/admin.ts';
import { type RunningApp, startRunningApp } from '#test/e2e/support/running-app.ts';
import { launchBrowser, type TestBrowser, USER_AGENT } from '#test/support/browser.ts';
import { clearAccessLog } from '#test/support/access-log.ts';
import { changeCart, line, seedCarts } from '#test/support/seed-carts.ts';

const SHOP = 'atelier-nord.myshopify.com';
const SECOND_SHOP = 'second-shop.myshopify.com';
const WIDE = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** Shopify's library turns programs away. */
const BROWSER = { 'user-agent': USER_AGENT };
const MINUTE_MS = 60_000;

let running: RunningApp;
let browser: TestBrowser;
let shopId: string;
let secondShopId: string;
let cartIds: string[];
const contexts: BrowserContext[] = [];
const problems: string[] = [];

async function newContext(options: Parameters<TestBrowser['newContext']>[0] = WIDE): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  contexts.push(context);
  context.on('weberror', (error) => problems.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      problems.push(message.text());
  });
  return context;
}

const openCarts = async (options?: Parameters<TestBrowser['newContext']>[0], path = '/app/carts') =>
  openApp(await newContext(options), running.shopify, SHOP, path);

/** Rows of the list as text, top first. */
const rowsOf = ({ app }: AdminPage) => app.locator('tbody tr').allInnerTexts();
const accessRecords = () => running.superuser<{ value_count: number }>('SELECT value_count FROM app.access_records');

beforeAll(async () => {
  running = await startRunningApp({ programs: ['web'] });
  browser = await launchBrowser();
  shopId = await onboard(running, SHOP);
  secondShopId = await onboard(running, SECOND_SHOP);
  const now = Date.now();
  cartIds = await seedCarts(running, shopId, [
    {
      states: [
        { atMs: now - 5 * MINUTE_MS, lines: [line('Clay mug', 1, 2400)] },
        { atMs: now - 3 * MINUTE_MS, lines: [line('Clay mug', 2, 2400), line('Linen towel', 1, 1850)] },
      ],
      personCode: '7F3K',
      checkout: { atMs: now - 2 * MINUTE_MS, place: { country: 'Canada', province: 'Quebec' } },
    },
    { states: [{ atMs: now - 10 * MINUTE_MS, lines: [line('Soap', 1, 899)] }] },
    { states: [{ atMs: now - 200 * MINUTE_MS, lines: [line('Soap', 2, 899)] }] },
    {
      states: [{ atMs: now - 300 * MINUTE_MS, lines: [line('Lamp', 1, 18950)] }],
      personCode: 'M0TX',
      order: { atMs: now - 290 * MINUTE_MS, name: '#1001', cancelledAtMs: now - 280 * MINUTE_MS },
    },
  ]);
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  expect(problems.splice(0), 'errors in the browser').toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await running.close();
});

describe('before the first cart', () => {
  it('says what will appear, and shows the first cart by itself', async () => {
    const admin = await openApp(await newContext(), running.shopify, SECOND_SHOP);
    await admin.app.getByRole('heading', { name: 'Your carts will appear here' }).waitFor();
    await admin.app.getByText('Carts from before the installation cannot be fetched').waitFor();
    await expectAccessible(admin);

    await seedCarts(running, secondShopId, [
      { states: [{ atMs: Date.now(), lines: [line('Clay mug', 2, 2400)] }], personCode: '7F3K' },
    ]);
    await admin.app.getByRole('link', { name: /^Customer 7F3K, 2 items/ }).waitFor();
  });
});

describe('the list of carts', () => {
  it('shows status, person, items, value and time, newest change first, without a name and without a record', async () => {
    const admin = await openCarts();
    await admin.app.getByRole('tab', { name: 'All', selected: true }).waitFor();
    const [first = '', second = '', third = '', fourth = ''] = await rowsOf(admin);
    for (const text of ['Customer 7F3K', 'In checkout', '3', '$66.50']) expect(first).toContain(text);
    for (const text of ['Guest', 'Active', '$8.99']) expect(second).toContain(text);
    // Seeded two and ten minutes back, and as long ago as the tests before took.
    const [minutes, more] = [first, second].map((row) => Number(/(\d+) min ago/.exec(row)?.[1]));
    expect(minutes).toBeGreaterThanOrEqual(2);
    expect(more).toBeGreaterThan(minutes ?? 0);
    for (const text of ['Guest', 'Abandoned', '3 h ago']) expect(third).toContain(text);
    for (const text of ['Customer M0TX', 'Converted', 'Order cancelled']) expect(fourth).toContain(text);
    expect(await accessRecords()).toEqual([]);
    await expectAccessible(admin);
  });

  it('has a tab for each view and a search for customer codes', async () => {
    const admin = await openCarts();
    await admin.app.getByRole('tab', { name: 'Abandoned' }).click();
    await expect.poll(() => rowsOf(admin)).toHaveLength(1);
    await admin.app.getByRole('tab', { name: 'Converted' }).click();
    await expect.poll(async () => (await rowsOf(admin))[0]).toContain('Customer M0TX');
    await admin.app.getByRole('tab', { name: 'All' }).click();
    await admin.app.getByRole('button', { name: 'Search carts' }).click();
    await admin.app.getByPlaceholder('Search by customer code').fill('customer 7f3k');
    await expect.poll(() => rowsOf(admin)).toHaveLength(1);
    await admin.app.getByPlaceholder('Search by customer code').fill('zzzz');
    await admin.app.getByText('No carts found').waitFor();
    await expectAccessible(admin);
    await admin.app.getByRole('button', { name: 'Clear search' }).click();
    await expect.poll(() => rowsOf(admin)).toHaveLength(4);

    // An address that searches shows for what, and where.
    const found = await openCarts(WIDE, '/app/carts?view=converted&code=7f3k');
    const field = found.app.getByPlaceholder('Search converted carts by customer code');
    expect(await field.inputValue()).toBe('7F3K');
    await found.app.getByText('No cart under Converted belongs to a customer with this code.').waitFor();
    await expectAccessible(found);
    await found.app.getByRole('button', { name: 'Search all carts' }).click();
    await found.app.getByRole('link', { name: /^Customer 7F3K/ }).waitFor();
  });

  it('changes shown rows in their place and announces new ones while somebody reads', async () => {
    const admin = await openCarts();
    await admin.app.locator('tbody tr').nth(1).hover();
    const before = await rowsOf(admin);
    await changeCart(running, shopId, cartIds[2] ?? '', { atMs: Date.now(), lines: [line('Soap', 7, 899)] });
    await seedCarts(running, shopId, [{ states: [{ atMs: Date.now(), lines: [line('Candle', 4, 1200)] }] }]);

    const news = admin.app.getByRole('button', { name: '1 new cart' });
    await news.waitFor();
    const during = await rowsOf(admin);
    expect(during).toHaveLength(before.length);
    expect(during[2]).toContain('$62.93');
    expect(during[2]).toContain('Active');
    await news.click();
    await expect.poll(async () => (await rowsOf(admin))[0]).toContain('$48.00');
    await news.waitFor({ state: 'detached' });
  });

  it('can be paused, and says so', async () => {
    const admin = await openCarts();
    await admin.app.getByRole('button', { name: 'Pause live updates' }).click();
    await admin.app.getByText('Paused').first().waitFor();
    await admin.app.getByRole('button', { name: 'Resume live updates' }).click();
    await admin.app.getByText(/^Live · last heard/).waitFor();
  });

  it('says when it is not live any more, and comes back by itself', async () => {
    const context = await newContext();
    const admin = await openApp(context, running.shopify, SHOP, '/app/carts');
    await admin.app
      .getByText(/^Live · /)
      .first()
      .waitFor();
    await context.setOffline(true);
    await admin.app.getByText(/^Not live: trying again · last heard/).waitFor();
    await context.setOffline(false);
    await admin.app.getByText(/^Live · last heard/).waitFor();
    // The stand-in's admin page could not fetch a token meanwhile, and says so.
    problems.length = 0;
  });

  it('explains the statuses beside them', async () => {
    const admin = await openCarts();
    await admin.app.getByRole('button', { name: 'What the statuses mean' }).click();
    await admin.app.getByText('Abandoned: has items, no order, and no change for 60 minutes.').waitFor();
    await expectAccessible(admin);
  });

  it('is worked by keyboard alone', async () => {
    const admin = await openCarts();
    const link = admin.app.getByRole('link', { name: /^Customer 7F3K/ }).first();
    await link.waitFor();
    await admin.app.getByRole('tab', { name: 'All' }).focus();
    for (
      let presses = 0;
      presses < 12 && !(await link.evaluate((node) => node === document.activeElement));
      presses++
    ) {
      await admin.page.keyboard.press('Tab');
    }
    await admin.page.keyboard.press('Enter');
    await admin.app.getByRole('heading', { name: 'Customer 7F3K' }).waitFor();
    await admin.app.getByRole('link', { name: 'Carts', exact: true }).focus();
    await admin.page.keyboard.press('Enter');
    await admin.app.getByRole('tab', { name: 'Abandoned' }).waitFor();
  });
});

describe('a long list', () => {
  it('turns back as it was turned on, and is where one was when one comes back from a cart', async () => {
    const now = Date.now();
    // The later, the more is in it.
    const cart = (_: unknown, n: number) => ({
      states: [{ atMs: now - (100 + n) * MINUTE_MS, lines: [line('Soap', n + 1, 899)] }],
    });
    const carts = Array.from({ length: 2 * CARTS_PER_PAGE + 1 }, cart);
    // A few at a time: a transaction may take as long as it takes, but not for ever.
    while (carts.length > 0) await seedCarts(running, secondShopId, carts.splice(0, 10));
    const admin = await openApp(await newContext(), running.shopify, SECOND_SHOP, '/app/carts?view=abandoned');
    const { app } = admin;
    const cartWith = (items: number) => app.getByRole('link', { name: new RegExp(`^Guest, ${String(items)} items`) });
    await app.getByRole('button', { name: 'Older' }).click();
    await cartWith(CARTS_PER_PAGE + 1).waitFor();
    await app.getByRole('button', { name: 'Older' }).click();
    await cartWith(2 * CARTS_PER_PAGE + 1).waitFor();
    await app.getByRole('button', { name: 'Newer', exact: true }).click();
    await cartWith(CARTS_PER_PAGE + 1).waitFor();

    await cartWith(CARTS_PER_PAGE + 10).click();
    await app.getByRole('heading', { name: 'Guest cart' }).waitFor();
    // Nobody to name, so nothing is offered.
    expect(await app.getByRole('button', { name: /^Show for/ }).count()).toBe(0);
    await app.getByText(/there is no name to show/).waitFor();
    await app.getByRole('link', { name: 'Carts', exact: true }).click();
    await cartWith(CARTS_PER_PAGE + 1).waitFor();
    expect(await app.getByRole('tab', { name: 'Abandoned' }).getAttribute('aria-selected')).toBe('true');
    // Where nobody came from a newer page, the way is to the newest.
    await app.getByRole('button', { name: 'Newest' }).click();
    await cartWith(2).waitFor();
    expect(await (await appFrame(admin)).title()).toBe('Carts · Cart Insights');
    await expectAccessible(admin);
  });
});

describe('a cart', () => {
  it('shows lines, timeline, person, checkout and place; opening it is one record', async () => {
    await clearAccessLog(running);
    const admin = await openCarts(WIDE, `/app/carts/${cartIds[0] ?? ''}`);
    await admin.app.getByRole('heading', { name: 'Customer 7F3K' }).waitFor();
    for (const text of ['Clay mug', '2 × $24.00', 'Linen towel', 'Added 1 × Linen towel', 'Clay mug: 1 → 2']) {
      await admin.app.getByText(text, { exact: true }).first().waitFor();
    }
    for (const text of ['Checkout started', 'Quebec, Canada', 'Cart started']) {
      await admin.app.getByText(text).first().waitFor();
    }
    expect(await accessRecords()).toHaveLength(1);
    expect(await admin.app.locator('body').innerText()).not.toMatch(/@|Never|Shown/);
    await expectAccessible(admin);
  });

  it('offers what has changed and opens it, on record, when asked', async () => {
    const admin = await openCarts(WIDE, `/app/carts/${cartIds[1] ?? ''}`);
    await admin.app.getByRole('heading', { name: 'Guest cart' }).waitFor();
    const before = (await accessRecords()).length;
    await changeCart(running, shopId, cartIds[1] ?? '', { atMs: Date.now(), lines: [line('Soap', 3, 899)] });
    const offer = admin.app.getByRole('button', { name: 'This cart has changed: show it' });
    await offer.waitFor();
    expect(await accessRecords()).toHaveLength(before);
    await offer.click();
    await admin.app.getByText('Soap: 1 → 3').waitFor();
    expect(await accessRecords()).toHaveLength(before + 1);
  });

  it('that is another shop’s, unknown or nonsense is the same page that says nothing', async () => {
    const [foreign = ''] = await seedCarts(running, secondShopId, [
      { states: [{ atMs: 1, lines: [line('Secret', 1, 1)] }] },
    ]);
    const pages: string[] = [];
    for (const id of [foreign, '019abcde-0000-7000-8000-000000000000', 'nonsense']) {
      const admin = await openCarts(WIDE, `/app/carts/${id}`);
      await admin.app.getByRole('heading', { name: 'There is no such page' }).waitFor();
      pages.push(await admin.app.locator('body').innerText());
    }
    expect(new Set(pages).size).toBe(1);
    const token = running.shopify.idToken(SHOP, 'owner');
    const address = `${running.shopify.appUrl}/app/carts/${foreign}.data?_routes=routes%2Fapp.carts.%24id`;
    const answer = await fetch(address, { headers: { ...BROWSER, authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('Secret');
  });
});

describe('a page that fails', () => {
  it('says that nothing was lost, keeps the menu, and shows the page when it is tried again', async () => {
    const admin = await openCarts();
    await admin.app.getByRole('tab', { name: 'All' }).waitFor();
    await running.superuser('REVOKE SELECT ON app.cart_states FROM ci_app');
    try {
      await admin.app
        .getByRole('link', { name: /^Customer 7F3K/ })
        .first()
        .click();
      await admin.app.getByRole('heading', { name: 'This page could not be shown' }).waitFor();
      await admin.app.getByText('Nothing was lost').waitFor();
      await admin.page.getByRole('link', { name: 'Agreement' }).waitFor();
      await expectAccessible(admin);
    } finally {
      await running.superuser('GRANT SELECT ON app.cart_states TO ci_app');
    }
    await admin.app.getByRole('button', { name: 'Try again' }).click();
    await admin.app.getByRole('heading', { name: 'Customer 7F3K' }).waitFor();
    // The framework reports what a page fails with; that is what this test is about.
    problems.length = 0;
  });

  it('says that nothing was opened because it could not be recorded, and opens it when it can', async () => {
    const admin = await openCarts();
    await admin.app.getByRole('tab', { name: 'All' }).waitFor();
    await running.superuser('REVOKE EXECUTE ON FUNCTION app.append_access_record FROM ci_app');
    try {
      await admin.app
        .getByRole('link', { name: /^Customer 7F3K/ })
        .first()
        .click();
      await admin.app.getByRole('heading', { name: texts.errors.unrecordedTitle }).waitFor();
      await admin.app.getByText(texts.errors.unrecordedBody).waitFor();
      await expectAccessible(admin);
    } finally {
      await running.superuser('GRANT EXECUTE ON FUNCTION app.append_access_record TO ci_app');
    }
    await admin.app.getByRole('button', { name: 'Try again' }).click();
    await admin.app.getByRole('heading', { name: 'Customer 7F3K' }).waitFor();
    // The browser reports the 503, which is what this test is about.
    problems.length = 0;
  });
});

describe('without a session', () => {
  it.each(['/app', '/app/carts', '/app/onboarding', '/app/agreement', '/app/nowhere'])(
    '%s shows nothing',
    async (path) => {
      const answer = await fetch(running.shopify.appUrl + path, { headers: BROWSER, redirect: 'manual' });
      expect(answer.status).toBe(302);
      expect(new URL(answer.headers.get('location') ?? '', running.shopify.appUrl).pathname).toBe('/auth/login');
    },
  );

  it('the live route refuses a token that is not ours', async () => {
    const address = `${running.shopify.appUrl}/app/carts/changes`;
    const body = JSON.stringify({ revision: '0', shown: [] });
    const ask = (token: string) =>
      fetch(address, {
        method: 'POST',
        body,
        headers: { ...BROWSER, authorization: `Bearer ${token}` },
        redirect: 'manual',
      });
    const good = running.shopify.idToken(SHOP, 'owner');
    expect((await ask(`${good.slice(0, -4)}AAAA`)).status).toBe(401);
    expect((await ask(good)).status).toBe(200);
  });

  it('a page that is loaded anew inside the frame comes back, though its address names no shop any more', async () => {
    const admin = await openCarts();
    await admin.app.locator('tbody tr').first().waitFor();
    await admin.app.getByRole('link', { name: /7F3K/ }).first().click();
    await admin.app.getByRole('heading', { name: 'Customer 7F3K' }).waitFor();
    const frame = await appFrame(admin);
    const path = `/app/carts/${cartIds[0] ?? ''}`;
    expect(await frame.evaluate(() => [window.location.pathname, window.location.search])).toEqual([
      path,
      expect.not.stringContaining('host='),
    ]);
    // What Remix does when a deployment has taken away the code of the next page.
    await frame.goto(running.shopify.appUrl + path);
    await admin.app.getByRole('heading', { name: 'Customer 7F3K' }).waitFor();
    await frame.waitForURL((url) => url.pathname === path);
  });

  it('a frame that has forgotten its shop says how to open the app, in the place of a broken frame', async () => {
    const admin = await openCarts();
    await admin.app.locator('tbody tr').first().waitFor();
    const frame = await appFrame(admin);
    await frame.evaluate(() => window.sessionStorage.clear());
    await frame.goto(`${running.shopify.appUrl}/app/carts`);
    await admin.app.getByRole('heading', { name: 'Open Cart Insights from Shopify admin' }).waitFor();
  });

  it('addresses outside the app have plain pages', async () => {
    const login = await fetch(`${running.shopify.appUrl}/auth/login`);
    expect(await login.text()).toContain('Open Cart Insights from Shopify admin');
    expect((await fetch(`${running.shopify.appUrl}/nowhere`)).status).toBe(404);
  });
});

describe('on a phone', () => {
  it.each([
    ['/app/carts', 'Carts'],
    ['cart', 'Cart of customer 7F3K'],
    ['/app/agreement', 'There is no such page'],
  ])('%s fits the width', async (path, heading) => {
    const admin = await openCarts(PHONE, path === 'cart' ? `/app/carts/${cartIds[0] ?? ''}` : path);
    await admin.app.getByRole('heading', { name: heading, exact: true }).waitFor();
    const frame = await appFrame(admin);
    const overflow = await frame.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    const inner = await frame.evaluate(
      () =>
        [...document.querySelectorAll('body *')].filter(
          (node) => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX === 'auto',
        ).length,
    );
    expect(inner, 'things that scroll sideways').toBe(0);
    await expectAccessible(admin);
  });
});

describe('the document', () => {
  it('has App Bridge as its first script, neither async nor deferred', async () => {
    const admin = await openCarts();
    const frame = await appFrame(admin);
    const first = await frame.evaluate(() => {
      const script = document.querySelector('script');
      return {
        src: script?.src,
        isAsync: script?.async,
        isDeferred: script?.defer,
        parent: script?.parentElement?.tagName,
      };
    });
    expect(first).toMatchObject({ isAsync: false, isDeferred: false, parent: 'HEAD' });
    expect(first.src).toMatch(/shopifycloud\/app-bridge\.js$/);
  });

  it('runs the scripts that carry its nonce, and nothing that somebody else put into it', async () => {
    const admin = await openCarts();
    const frame = await appFrame(admin);
    const outcome = await frame.evaluate(async () => {
      const blocked = new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
      });
      const planted = document.createElement('script');
      planted.textContent = 'window.planted = true';
      document.body.append(planted);
      return { violated: await blocked, ran: 'planted' in window };
    });
    expect(outcome).toEqual({ violated: 'script-src-elem', ran: false });
    // The browser says so too, and is right to.
    expect(problems.splice(0)).toEqual([expect.stringContaining('Content Security Policy')]);
  });

  it('does not move while it loads', async () => {
    const admin = await openCarts();
    await admin.app
      .getByRole('link', { name: /^Customer 7F3K/ })
      .first()
      .waitFor();
    expect(await layoutShift(await appFrame(admin))).toBeLessThanOrEqual(0.02);
  });
});

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
}

/** Chromium's own figure (CLS), from the first paint on: what moved before, nobody saw. */
function layoutShift(frame: Frame): Promise<number> {
  return frame.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const shifts: LayoutShift[] = [];
        const observer = new PerformanceObserver((list) => shifts.push(...(list.getEntries() as LayoutShift[])));
        observer.observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => {
          const firstPaintMs = performance.getEntriesByName('first-paint')[0]?.startTime ?? 0;
          const seen = shifts.filter((shift) => !shift.hadRecentInput && shift.startTime >= firstPaintMs);
          resolve(seen.reduce((sum, shift) => sum + shift.value, 0));
        }, 1_000);
      }),
  );
}
