import type { BrowserContext, Frame, FrameLocator, Page } from 'playwright-core';

import type { ShopifyStandIn } from '#test/shopify/index.ts';
import { ensureShop } from '#app/data/with-shop.ts';
import type { RunningApp } from '#test/e2e/support/running-app.ts';

/** The app in its frame, inside the stand-in's admin page. */
export interface AdminPage {
  readonly page: Page;
  /** The app's own document. */
  readonly app: FrameLocator;
}

/** Opens a page of the app as a merchant does: in the frame of Shopify admin. */
export async function openApp(
  context: BrowserContext,
  shopify: ShopifyStandIn,
  shop: string,
  path = '',
): Promise<AdminPage> {
  const page = await context.newPage();
  await page.goto(`${shopify.adminUrl}/store/${shop.replace('.myshopify.com', '')}/apps/cart-insights${path}`);
  return { page, app: page.frameLocator('#app') };
}

/** Makes the shop installed and onboarded without clicking through it. @returns our id of the shop. */
export async function onboard(running: RunningApp, domain: string): Promise<string> {
  const { ianaTimezone, currencyCode, moneyFormat } = running.shopify.install(domain);
  const shopId = await ensureShop(running.db, domain);
  await running.superuser(
    `UPDATE app.shops SET status = 'installed', epoch = 1, installed_at = now(), onboarded_at = now(),
       time_zone = $2, currency = $3, money_format = $4 WHERE id = $1`,
    [shopId, ianaTimezone, currencyCode, moneyFormat],
  );
  return shopId;
}

/** The app's own document, to look inside. */
export async function appFrame({ page }: AdminPage): Promise<Frame> {
  const element = await page.locator('#app').elementHandle();
  const frame = await element.contentFrame();
  if (frame === null) throw new Error('The admin page has no frame');
  return frame;
}
