import { describe, expect, it } from 'vitest';

import { parseLogAddress } from '#app/access/log/address.ts';

const from = (day: string) => parseLogAddress(new URLSearchParams({ from: day })).from;

describe('the address of the access log', () => {
  it.each(['2026-02-28', '0001-01-01', '9999-12-31'])('takes the day %s', (day) => {
    expect(from(day)).toBe(day);
  });

  it.each(['0000-01-01', '0000-12-31', '2026-02-30', '2026-13-01', '10000-01-01', '-0001-01-01', 'x', ''])(
    'leaves out %j, which is none or which no database knows',
    (day) => {
      expect(from(day)).toBeNull();
    },
  );
});
