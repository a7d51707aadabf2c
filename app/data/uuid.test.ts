import { describe, expect, it } from 'vitest';

import { isUuid } from '#app/data/uuid.ts';

describe('isUuid', () => {
  it('knows our ids and nothing else', () => {
    expect(isUuid('019abcde-0000-7000-8000-000000000000')).toBe(true);
    for (const text of ['', '1', "' or 1=1", '019ABCDE-0000-7000-8000-000000000000', 'undefined']) {
      expect(isUuid(text)).toBe(false);
    }
  });
});
