/** A file of CSV begins with a byte order mark, by which spreadsheets know that it is UTF-8. */
export const CSV_START = '\uFEFF';

/**
 * What a spreadsheet takes for a formula, also behind white space and in full-width signs (OWASP, "CSV Injection"). An
 * apostrophe before it makes it a text.
 */
const FORMULA = /^[\s\uFEFF\u200B]*[=+\-@|%＝＋－＠]|^[\t\r\n]/u;

/** One line of CSV (RFC 4180): quoted where it has to be, and no text in it a formula. */
export function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** What a shopper typed as their name, or a colleague as theirs, must not run on the machine of whoever opens the file. */
function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
