import { expect, it } from 'vitest';

import { csvLine } from '#app/csv.ts';

it('quotes what needs it and leaves numbers as they are', () => {
  expect(csvLine(['a', 'b "c", d', 'two\nlines', null, -3, true])).toBe('a,"b ""c"", d","two\nlines",,-3,true\r\n');
});

it.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  ' =cmd',
  '＝1+1',
  '|calc',
  '%0A',
  '=HYPERLINK("https://evil.example";"x")',
])('gives a spreadsheet no formula: %j', (text) => {
  expect(csvLine([text])).toMatch(/^"?'/);
});
