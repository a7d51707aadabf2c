import { PROTECTION_ANSWERS } from '#app/privacy/app-review/answers.ts';
import { PROTECTED_FIELDS, SCOPE_REASONS } from '#app/privacy/app-review/requests.ts';
import { PURPOSES } from '#app/privacy/purposes.ts';
import { FIELDS, fieldsForTopic, NEVER_KEPT, type RegisteredField } from '#app/privacy/registry.ts';
import type { Erasure, Export, Mask, Source } from '#app/privacy/registry/entry.ts';
import { RETENTION_CLASSES } from '#app/privacy/retention.ts';
import { ALL_TOPICS } from '#app/shopify/topics.ts';

/**
 * docs/app-review.md: what Shopify's review asks about protected customer data, answered from the registry. The file is
 * written by `node test/setup/app-review.ts`; a test holds it against this.
 */
export function renderAppReview(): string {
  return [
    '# Answers for Shopify’s review',
    'Generated from the registry (`app/privacy/`) by `node test/setup/app-review.ts`. Do not edit: change the registry.',
    '## Access scopes',
    table(['scope', 'needed for'], Object.entries(SCOPE_REASONS)),
    '## Protected customer data',
    table(
      ['field', 'asked for', 'why'],
      PROTECTED_FIELDS.map(({ field, isAsked, why }) => [field, isAsked ? 'yes' : 'no', why]),
    ),
    '## Purposes',
    table(
      ['purpose', 'what that means'],
      Object.values(PURPOSES).map(({ title, statement }) => [title, statement]),
    ),
    '## Fields that come by webhook',
    'Shopify is asked for these (`include_fields` in shopify.app.toml), and the edge cuts away everything else.',
    table(
      ['topic', 'fields'],
      ALL_TOPICS.map((topic) => [`\`${topic}\``, fieldsForTopic(topic).map(code).join(', ')]),
    ),
    '## What is kept about customers',
    'A name with `.sealed.` is encrypted under a key of the person, cart, checkout, order or request it belongs to.',
    table(
      ['field', 'level', 'purposes', 'from', 'seen by staff', 'kept', 'erased by', 'in a copy'],
      FIELDS.filter(isAboutCustomers).map(rowOf),
    ),
    '## What is never kept',
    table(
      ['what', 'fields of Shopify’s'],
      NEVER_KEPT.map(({ what, names }) => [what, names.map(code).join(', ')]),
    ),
    '## How long',
    table(
      ['data', 'at most', 'kept to by'],
      Object.values(RETENTION_CLASSES).map(({ title, limit, enforcedBy }) => [title, limit, enforcedBy]),
    ),
    '## Data protection questions',
    table(
      ['question', 'state', 'how'],
      PROTECTION_ANSWERS.map(({ question, state, how }) => [question, state, how]),
    ),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function isAboutCustomers({ entry }: RegisteredField): boolean {
  return entry.level > 0;
}

function rowOf({ name, entry }: RegisteredField): string[] {
  return [
    code(name),
    String(entry.level),
    entry.purposes.map((purpose) => PURPOSES[purpose].title.toLowerCase()).join(', '),
    [...new Set(entry.sources.map(sourceText))].join(', '),
    MASK_TEXTS[entry.mask],
    RETENTION_CLASSES[entry.retention].limit,
    erasureText(entry.erase),
    exportText(entry.export),
  ];
}

const MASK_TEXTS: Readonly<Record<Mask, string>> = {
  shown: 'yes',
  'opened-on-record': 'on opening the page, on record',
  'revealed-for-purpose': 'for a stated purpose only',
  'never-shown': 'no',
};

function sourceText(source: Source): string {
  return 'topics' in source ? code(source.path) : source.what;
}

function erasureText(erase: Erasure): string {
  switch (erase.how) {
    case 'destroy-key':
      return `destroying the ${erase.scope}’s key`;
    case 'delete-row':
      return 'deleting the row';
    case 'set-null':
      return 'clearing it';
    case 'keep':
      return `kept: ${erase.reason}`;
  }
}

function exportText(rule: Export): string {
  if ('withheld' in rule) return `no: ${rule.withheld}`;
  return 'yes';
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
