import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type { Frame, Page } from 'playwright-core';
import { expect } from 'vitest';

import { type AdminPage, appFrame } from '#test/e2e/support/admin.ts';

/**
 * axe-core finds nothing in the app's own document.
 *
 * Polaris hangs what opens over a page, such as a list of choices, beside the page's landmarks; for that one place the rule
 * that everything lies in a landmark is left out, and no other.
 */
export async function expectAccessible(admin: AdminPage): Promise<void> {
  await expectDocumentAccessible(await appFrame(admin));
}

/** The same of a page outside the admin. */
export async function expectPageAccessible(page: Page): Promise<void> {
  await expectDocumentAccessible(page.mainFrame());
}

async function expectDocumentAccessible(frame: Frame): Promise<void> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await frame.evaluate(source);
  const violations = await frame.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run()).violations.flatMap(({ id, nodes }) =>
      nodes
        .filter(({ html }) => !(id === 'region' && html.startsWith('<div id="PolarisPortalsContainer"')))
        .map(({ html }) => `${id}: ${html}`),
    );
  });
  expect(violations).toEqual([]);
}
