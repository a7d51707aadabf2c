import { launchBrowser } from '#test/support/browser.ts';
import { startRunningApp } from '#test/e2e/support/running-app.ts';
import { openApp, onboard } from '#test/e2e/support/admin.ts';
import { seedCarts, line, changeCart } from '#test/support/seed-carts.ts';
const out = '/tmp/ci/shots';
const app = await startRunningApp({ programs: ['web'] });
const browser = await launchBrowser();
try {
  const SHOP = 'atelier-nord.myshopify.com',
    SECOND = 'second-shop.myshopify.com';
  const shopId = await onboard(app, SHOP);
  const errors: string[] = [];
  const ctx = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  ctx.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning') errors.push(m.text().slice(0, 300));
  });
  ctx.on('weberror', (e) => errors.push('WEBERR ' + e.error().message));
  const shot = async (p: any, name: string) => {
    await p.waitForTimeout(700);
    await p.screenshot({ path: `${out}/${name}.png`, fullPage: true });
    console.log('shot', name);
  };
  // empty
  let v = await openApp(ctx, app.shopify, SHOP);
  await v.app
    .getByRole('heading', { name: 'Carts', exact: true })
    .waitFor({ timeout: 20000 })
    .catch(() => {});
  await shot(v.page, 'empty-1280');
  const now = Date.now(),
    M = 60000;
  const mug = (q: number) => line('Clay mug – Sand', q, 2400),
    lamp = (q: number) => line('Paper floor lamp with a very long name that goes on – Oak / Large', q, 18950),
    soap = (q: number) => line('Soap', q, 899);
  const seeds: any[] = [
    {
      states: [
        { atMs: now - 9 * M, lines: [mug(1)] },
        { atMs: now - 5 * M, lines: [mug(2), lamp(1)] },
        { atMs: now - 3 * M, lines: [lamp(1), soap(3)] },
        { atMs: now - 20_000, lines: [mug(1), lamp(1), soap(2)] },
      ],
      personCode: '7F3K',
      checkout: { atMs: now - 2 * M, place: { country: 'Canada', province: 'Quebec' } },
    },
    { states: [{ atMs: now - 4 * M, lines: [soap(2)] }] },
    { states: [{ atMs: now - 12 * M, lines: [lamp(2)] }], personCode: 'Q2ZD' },
    {
      states: [
        { atMs: now - 30 * M, lines: [soap(2)] },
        { atMs: now - 25 * M, lines: [] },
      ],
    },
    { states: [{ atMs: now - 90 * M, lines: [mug(4)] }] },
    { states: [{ atMs: now - 3 * 60 * M, lines: [mug(4), soap(9)] }], personCode: '7F3K' },
    {
      states: [{ atMs: now - 5 * 60 * M, lines: [lamp(1), mug(2)] }],
      personCode: 'M0TX',
      checkout: { atMs: now - 290 * M, place: { country: 'Germany', province: null } },
      order: { atMs: now - 285 * M, name: '#1001', place: { country: 'Germany', province: null } },
    },
    {
      states: [{ atMs: now - 26 * 60 * M, lines: [lamp(1)] }],
      personCode: '9A1C',
      checkout: { atMs: now - 25.9 * 60 * M, place: { country: 'United States', province: 'Vermont' } },
      order: {
        atMs: now - 25.5 * 60 * M,
        cancelledAtMs: now - 20 * 60 * M,
        name: '#1000',
        place: { country: 'United States', province: 'Vermont' },
      },
    },
    ...Array.from({ length: 60 }, (_, i) => ({
      states: [{ atMs: now - (30 + i) * 60 * M, lines: [soap(1 + (i % 5))] }],
    })),
  ];
  const ids = await seedCarts(app, shopId, seeds);
  await v.page.waitForTimeout(4000);
  await shot(v.page, 'list-live-1280');
  await v.app.getByText('What the statuses mean').click();
  await shot(v.page, 'list-definitions-1280');
  await v.page.keyboard.press('Escape');
  await v.app.locator('tbody tr').nth(1).hover();
  await seedCarts(app, shopId, [
    { states: [{ atMs: Date.now(), lines: [mug(1)] }] },
    { states: [{ atMs: Date.now(), lines: [mug(3)] }] },
  ]);
  await changeCart(app, shopId, ids[1]!, { atMs: Date.now(), lines: [soap(5)] });
  await v.page.waitForTimeout(2300);
  await v.page.screenshot({ path: `${out}/list-newer-1280.png` });
  await v.app.getByRole('tab', { name: 'Abandoned' }).click();
  await shot(v.page, 'list-abandoned-1280');
  await v.app.getByRole('button', { name: 'Search carts' }).click();
  await v.app.getByPlaceholder(/Search by customer/).fill('zzzz');
  await v.page.waitForTimeout(900);
  await shot(v.page, 'list-noresult-1280');
  v = await openApp(ctx, app.shopify, SHOP, `/app/carts/${ids[0]}`);
  await v.app.getByRole('heading', { name: 'Timeline' }).waitFor();
  await shot(v.page, 'cart-1280');
  await changeCart(app, shopId, ids[0]!, { atMs: Date.now(), lines: [soap(5)] });
  await v.page.waitForTimeout(2500);
  await shot(v.page, 'cart-changed-1280');
  v = await openApp(ctx, app.shopify, SHOP, `/app/carts/${ids[7]}`);
  await v.app.getByRole('heading', { name: 'Timeline' }).waitFor();
  await shot(v.page, 'cart-cancelled-1280');
  v = await openApp(ctx, app.shopify, SHOP, `/app/carts/${SHOP}`);
  await shot(v.page, 'notfound-1280');
  app.shopify.install(SECOND);
  v = await openApp(ctx, app.shopify, SECOND);
  await v.app.getByRole('heading', { name: 'Welcome to Cart Insights' }).waitFor();
  await shot(v.page, 'onboarding-1280');
  await v.app.getByLabel('Privacy contact').fill('nonsense');
  await v.app.getByRole('button', { name: 'Accept and start' }).click();
  await shot(v.page, 'onboarding-error-1280');
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  v = await openApp(phone, app.shopify, SECOND);
  await v.app.getByRole('heading', { name: 'Welcome to Cart Insights' }).waitFor();
  await shot(v.page, 'onboarding-390');
  v = await openApp(phone, app.shopify, SHOP);
  await v.app.getByRole('tab', { name: 'Abandoned' }).waitFor();
  await shot(v.page, 'list-390');
  v = await openApp(phone, app.shopify, SHOP, `/app/carts/${ids[0]}`);
  await v.app.getByRole('heading', { name: 'Timeline' }).waitFor();
  await shot(v.page, 'cart-390');
  v = await openApp(ctx, app.shopify, SECOND);
  await v.app.getByLabel('Privacy contact').fill('privacy@shop.example');
  await v.app.getByRole('button', { name: 'Accept and start' }).click();
  await v.app
    .getByText('Your carts will appear here')
    .waitFor({ timeout: 10000 })
    .catch(() => {});
  await shot(v.page, 'after-accept-1280');
  v = await openApp(ctx, app.shopify, SECOND, '/app/agreement');
  await v.app
    .getByText('Accepted')
    .first()
    .waitFor({ timeout: 8000 })
    .catch(() => {});
  await shot(v.page, 'agreement-1280');
  console.log(errors);
  console.log(
    await app.superuser(
      'select actor, purpose, page, fields, array_length(subjects,1) s, value_count from app.access_records',
    ),
  );
} catch (e) {
  console.error(e);
  console.log(app.output.join('').slice(-3000));
} finally {
  await browser.close();
  await app.close();
}
