import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { expect } from 'vitest';

import { type AdminPage, appFrame } from '#test/e2e/support/admin.ts';

/** axe-core finds nothing in the app's own document. */
export async function expectAccessible(admin: AdminPage): Promise<void> {
  const frame = await appFrame(admin);
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await frame.evaluate(source);
  const violations = await frame.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
  expect(violations).toEqual([]);
}
