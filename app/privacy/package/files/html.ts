import type { PackageDocument, PackageField, PackageRow, PackageSection } from '#app/privacy/package/document.ts';
import { formatMoney } from '#app/ui/format/money.ts';
import { formatTimeFully } from '#app/ui/format/time.ts';
import { packageTexts as t } from '#app/ui/texts/access-package.ts';

/**
 * The copy as a page to read. It stands alone: no script, no picture, nothing that is fetched, and every value is
 * escaped.
 */
export function htmlPage(document: PackageDocument): string {
  const { shop, madeAt, scope, sections, looks, recipients, purposes } = document;
  const scopeText = scope.since === null ? t.scope.everything : t.scope.since(time(scope.since));
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(t.title)}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<style>${STYLE}</style></head><body><main>`,
    `<h1>${escape(t.title)}</h1><p>${escape(t.intro(shop, time(madeAt)))}</p><p>${escape(scopeText)}</p>`,
    `<p>${escape(t.waiting)}</p>`,
    `<h2>${escape(t.why)}</h2><dl>`,
    ...purposes.map(({ title, statement }) => `<dt>${escape(title)}</dt><dd>${escape(statement)}</dd>`),
    `</dl><h2>${escape(t.recipients)}</h2>`,
    recipients.length === 0 ? `<p>${escape(t.noRecipients)}</p>` : list(recipients),
    ...sections.map(sectionHtml),
    `<h2>${escape(t.looked)}</h2><p>${escape(looks.length === 0 ? t.nobodyLooked : t.lookedIntro)}</p>`,
    looks.length === 0
      ? ''
      : table(
          t.lookColumns,
          looks.map(({ at, purpose, role, by, fields }) => [
            time(at),
            t.purpose(purpose),
            t.role(role),
            by,
            [...new Set(fields.map((field) => t.field(leafOf(field))))].join(', '),
          ]),
        ),
    `<h2>${escape(t.rights)}</h2><p>${escape(t.rightsText(shop))}</p></main></body></html>`,
  ].join('\n');
}

function sectionHtml({ name, about, kept, rows, fields, withheld }: PackageSection): string {
  return [
    `<section><h2>${escape(t.section(name))} <small>${rows.length}</small></h2>`,
    `<p>${escape(about)} ${escape(t.kept(kept))}</p>`,
    rows.length === 0 ? `<p>${escape(t.empty)}</p>` : rows.map(rowHtml).join('\n'),
    `<details><summary>${escape(t.background)}</summary>`,
    table(t.fieldColumns, fields.map(fieldCells)),
    withheld.length === 0
      ? ''
      : `<h3>${escape(t.withheld)}</h3>${list(withheld.map(({ field, reason }) => `${t.field(field)}: ${reason}`))}`,
    '</details></section>',
  ].join('\n');
}

function fieldCells({ name, purposes, basis, sources }: PackageField): string[] {
  return [t.field(name), purposes.map(t.purpose).join(', '), basis ?? '', sources.join('; ')];
}

function rowHtml(row: PackageRow): string {
  const currency = typeof row['currency'] === 'string' ? row['currency'] : null;
  const plain = Object.entries(row).filter(([, value]) => !isList(value));
  const lists = Object.entries(row).flatMap(([field, value]) => (isList(value) ? [[field, value] as const] : []));
  const pairs = plain.map(
    ([field, value]) => `<dt>${escape(t.field(field))}</dt><dd>${escape(text(field, value, currency))}</dd>`,
  );
  const inner = lists.map(([field, items]) => {
    const columns = [...new Set(items.flatMap((item) => Object.keys(item)))];
    const cells = items.map((item) => columns.map((column) => text(column, item[column], currency)));
    return `<h4>${escape(t.field(field))}</h4>${table(columns.map(t.field), cells)}`;
  });
  return `<article><dl>${pairs.join('')}</dl>${inner.join('')}</article>`;
}

function text(field: string, value: unknown, currency: string | null): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' && field.endsWith('Minor'))
    return formatMoney(value, currency, { currency: null, moneyFormat: null });
  if (typeof value === 'string') return field.endsWith('At') ? time(value) : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const tr = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="t"><table><thead>${tr(head, 'th')}</thead><tbody>${rows.map((row) => tr(row, 'td')).join('')}</tbody></table></div>`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`;
}

function time(iso: string): string {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? iso : formatTimeFully(ms, 'UTC');
}

function leafOf(field: string): string {
  return field.slice(field.lastIndexOf('.') + 1);
}

function isList(value: unknown): value is readonly PackageRow[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'object' && item !== null);
}

function escape(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;color:#202223;margin:0}main{max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}h3,h4{font-size:1rem;margin:.8rem 0 .3rem}small{color:#616161;font-weight:400}
article{border:1px solid #d4d4d4;border-radius:.5rem;padding:.8rem;margin:.8rem 0}dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.2rem 1rem;margin:0}
dt{color:#616161}dd{margin:0;overflow-wrap:anywhere}.t{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #e3e3e3;vertical-align:top}
summary{cursor:pointer;margin:.5rem 0}`;
