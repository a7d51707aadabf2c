import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'vitest';

import { type AdminPage, appFrame } from '#test/e2e/support/admin.ts';

export const WIDE = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Where pictures of the pages go, for whoever wants to look. */
const PICTURES = process.env['PICTURES'];

/** A picture of the whole page, when pictures were asked for. */
export async function takePicture(admin: AdminPage, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  const { page } = admin;
  const before = page.viewportSize();
  const frame = await appFrame(admin);
  const more = await frame.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
  if (before !== null && more > 0) await page.setViewportSize({ ...before, height: before.height + more });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  if (before !== null) await page.setViewportSize(before);
}

/** The page has the width of the window, and every text on it ends within. */
export async function expectFits(admin: AdminPage): Promise<void> {
  const frame = await appFrame(admin);
  const beyond = await frame.evaluate(() => {
    const width = window.innerWidth;
    const found: string[] = [];
    if (document.documentElement.scrollWidth > width) found.push(`${String(document.documentElement.scrollWidth)} px`);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const words = text.nodeValue?.trim() ?? '';
      const element = text.parentElement;
      // What only screen readers read is cut to a dot on purpose.
      if (words === '' || element?.checkVisibility({ visibilityProperty: true }) !== true) continue;
      const clip = element.closest(
        '[class*="VisuallyHidden"], [class*="visuallyHidden"], .ci-spoken, .ci-visually-hidden',
      );
      if (clip !== null || getComputedStyle(element).clipPath !== 'none') continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const { left, right } = range.getBoundingClientRect();
      if (right - left > 0 && (left < -1 || right > width + 1)) found.push(words);
    }
    return found;
  });
  expect(beyond, 'what does not fit the width').toEqual([]);
}
