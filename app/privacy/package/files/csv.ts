import type { PackageDocument, PackageRow, PackageSection } from '#app/privacy/package/document.ts';

/** A file of the archive. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** One table for each section, one for the lines of each section that has any, and one for who looked. */
export function* csvFiles({ sections, looks }: PackageDocument): Generator<TextFile> {
  for (const section of sections) yield* sectionFiles(section);
  const looked = looks.map(({ fields, ...look }) => ({ ...look, fields: fields.join(' ') }));
  yield csvFile('who-looked', ['at', 'purpose', 'role', 'page', 'by', 'fields'], looked);
}

function sectionFiles({ name, fields, rows }: PackageSection): TextFile[] {
  const lists = listsOf(rows);
  const names = columnsOf(rows).filter((column) => !lists.includes(column));
  // A section without rows still says what would stand in it.
  const header = names.length === 0 ? fields.map((field) => field.name).filter((field) => !field.includes('.')) : names;
  return [
    csvFile(kebab(name), header, rows),
    ...lists.map((list) => {
      const items = rows.flatMap((row, index) => itemsOf(row, list, index + 1));
      return csvFile(`${kebab(name)}-${kebab(list)}`, columnsOf(items), items);
    }),
  ];
}

/** Fields that hold a list of objects: they get a file of their own, with the number of the row they are from. */
function listsOf(rows: readonly PackageRow[]): string[] {
  const names = rows.flatMap((row) =>
    Object.entries(row).flatMap(([field, value]) => (Array.isArray(value) && value.some(isRecord) ? [field] : [])),
  );
  return [...new Set(names)];
}

function itemsOf(row: PackageRow, list: string, rowNumber: number): PackageRow[] {
  const items: unknown = row[list];
  return Array.isArray(items) ? items.filter(isRecord).map((item) => ({ row: rowNumber, ...item })) : [];
}

function columnsOf(rows: readonly PackageRow[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** RFC 4180, with a byte order mark, by which spreadsheets know that it is UTF-8. */
function csvFile(name: string, columns: readonly string[], rows: readonly PackageRow[]): TextFile {
  const lines = [columns.map(cell), ...rows.map((row) => columns.map((column) => cell(row[column])))];
  return { name: `${name}.csv`, text: `\uFEFF${lines.map((line) => line.join(',')).join('\r\n')}\r\n` };
}

/**
 * One cell. A text that a spreadsheet would take for a formula gets an apostrophe before it: what a shopper typed as
 * their name must not run on the desk of whoever opens the file.
 */
export function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const harmless = /^[\s\uFEFF\u200B]*[=+\-@|%＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function isRecord(value: unknown): value is PackageRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
