import { CSV_START, csvLine } from '#app/csv.ts';
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

function csvFile(name: string, columns: readonly string[], rows: readonly PackageRow[]): TextFile {
  const lines = rows.map((row) => csvLine(columns.map((column) => row[column])));
  return { name: `${name}.csv`, text: `${CSV_START}${csvLine(columns)}${lines.join('')}` };
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function isRecord(value: unknown): value is PackageRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
