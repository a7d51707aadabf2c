/** A spreadsheet takes what begins like this for a formula; an apostrophe makes it a text. */
const FORMULA = /^[=+\-@\t\r]/;

/** One line of CSV (RFC 4180): every cell quoted, none of them a formula. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(cell: string | number | null): string {
  if (typeof cell === 'number') return String(cell);
  const text = cell ?? '';
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
