import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { renderAppReview } from '#app/privacy/app-review.ts';
import { SCOPE_REASONS } from '#app/privacy/app-review/requests.ts';
import { parseToml, type TomlTable } from '#test/support/toml.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('the answers for Shopify’s review', () => {
  it('are those of the registry (if not: node test/setup/app-review.ts)', () => {
    expect(read('docs/app-review.md')).toBe(renderAppReview());
  });

  it('give a reason for every scope, and for no other', () => {
    const { scopes, optional_scopes: optional } = parseToml(read('shopify.app.toml')).access_scopes as TomlTable;
    expect(Object.keys(SCOPE_REASONS).sort()).toEqual(
      [...String(scopes).split(','), ...(optional as unknown as string[])].sort(),
    );
  });
});
