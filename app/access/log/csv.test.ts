import { expect, it } from 'vitest';

import { csvLine } from '#app/access/log/csv.ts';

it('quotes every text and leaves numbers as they are', () => {
  expect(csvLine(['a', 'b "c", d', 'two\nlines', null, -3])).toBe('"a","b ""c"", d","two\nlines","",-3\r\n');
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("https://evil.example";"x")'])(
  'gives a spreadsheet no formula: %j',
  (text) => {
    expect(csvLine([text])).toMatch(/^"'/);
  },
);
