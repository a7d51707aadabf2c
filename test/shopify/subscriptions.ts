import { existsSync, readFileSync } from 'node:fs';

/** Where a topic is delivered and which part of the body is sent. */
export interface Subscription {
  readonly topic: string;
  readonly path: string;
  readonly name: string | null;
  /** Null: the whole body. */
  readonly includeFields: readonly string[] | null;
}

/** What shopify.app.toml tells Shopify about the app. */
export interface AppConfiguration {
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  /** What a shop grants when it installs the app. */
  readonly scopes: readonly string[];
  /** What the app may ask a shop for later. */
  readonly optionalScopes: readonly string[];
}

const FALLBACK_SCOPES = ['read_customers', 'read_orders', 'read_products'];
const FALLBACK_OPTIONAL = ['write_privacy_settings'];
const FALLBACK_PATHS: Readonly<Record<string, readonly string[]>> = {
  '/webhooks/carts': ['carts/create', 'carts/update'],
  '/webhooks/checkouts': ['checkouts/create', 'checkouts/update', 'checkouts/delete'],
  '/webhooks/orders': ['orders/create', 'orders/updated', 'orders/cancelled'],
  '/webhooks/customers': ['customers/update', 'customers/delete', 'customers/merge'],
  '/webhooks/shop': ['shop/update'],
  '/webhooks/app': ['app/uninstalled', 'app/scopes_update'],
  '/webhooks/compliance': ['customers/data_request', 'customers/redact', 'shop/redact'],
};

type TomlTable = Record<string, string | readonly string[]>;

/** `# …` to the end of the line, unless it stands inside quotes. */
const withoutComment = (line: string): string => line.replace(/^((?:[^"#]|"(?:\\.|[^"\\])*")*)#.*$/, '$1');
const strings = (text: string): string[] => [...text.matchAll(/"((?:\\.|[^"\\])*)"/g)].map((match) => match[1] ?? '');

/** The tables of a TOML file with their strings and string arrays: all that shopify.app.toml needs here. */
function readToml(text: string): Array<{ name: string; values: TomlTable }> {
  const tables: Array<{ name: string; values: TomlTable }> = [{ name: '', values: {} }];
  const lines = text.split('\n').map(withoutComment);
  for (let at = 0; at < lines.length; at++) {
    let line = (lines[at] ?? '').trim();
    const header = /^\[\[?\s*([\w.-]+)\s*\]\]?$/.exec(line)?.[1];
    if (header !== undefined) {
      tables.push({ name: header, values: {} });
      continue;
    }
    const assignment = /^([\w-]+)\s*=\s*(.*)$/.exec(line);
    if (!assignment) continue;
    const [, key = '', first = ''] = assignment;
    line = first;
    while (line.startsWith('[') && !line.endsWith(']') && at + 1 < lines.length)
      line += ` ${(lines[++at] ?? '').trim()}`;
    const table = tables[tables.length - 1];
    if (table) table.values[key] = line.startsWith('[') ? strings(line) : (strings(line)[0] ?? line);
  }
  return tables;
}

const list = (value: TomlTable[string] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** Reads the text of a shopify.app.toml. */
export function parseAppConfiguration(text: string): AppConfiguration {
  const subscriptions = new Map<string, Subscription>();
  let scopes: readonly string[] = [];
  let optionalScopes: readonly string[] = [];
  for (const { name, values } of readToml(text)) {
    if (name === 'access_scopes') {
      scopes = list(values['scopes'])
        .flatMap((text) => text.split(','))
        .map((scope) => scope.trim())
        .filter((scope) => scope !== '');
      optionalScopes = list(values['optional_scopes']);
    }
    if (name !== 'webhooks.subscriptions') continue;
    const path = String(values['uri'] ?? '').replace(/^https?:\/\/[^/]+/, '');
    for (const topic of [...list(values['topics']), ...list(values['compliance_topics'])]) {
      subscriptions.set(topic, {
        topic,
        path,
        name: typeof values['name'] === 'string' ? values['name'] : null,
        includeFields: values['include_fields'] === undefined ? null : list(values['include_fields']),
      });
    }
  }
  return { subscriptions, scopes, optionalScopes };
}

/** The app's configuration file when it exists, otherwise every topic on its usual path with whole bodies. */
export function readAppConfiguration(file: string): AppConfiguration {
  if (existsSync(file)) return parseAppConfiguration(readFileSync(file, 'utf8'));
  const subscriptions = new Map<string, Subscription>();
  for (const [path, topics] of Object.entries(FALLBACK_PATHS)) {
    for (const topic of topics) subscriptions.set(topic, { topic, path, name: null, includeFields: null });
  }
  return { subscriptions, scopes: FALLBACK_SCOPES, optionalScopes: FALLBACK_OPTIONAL };
}

/**
 * The part of a body that `include_fields` lets through: dotted paths go through objects and through every item of an
 * array; an empty array stays (what Shopify does with `shipping_address: []` is not documented).
 */
export function includeFields(
  body: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Record<string, unknown> {
  const children = new Map<string, string[] | null>();
  for (const field of fields) {
    const [head = '', ...rest] = field.split('.');
    const known = children.get(head);
    if (rest.length === 0) children.set(head, null);
    else if (known !== null) children.set(head, [...(known ?? []), rest.join('.')]);
  }
  const cut = (value: unknown, inner: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((item) => cut(item, inner));
    return typeof value === 'object' && value !== null ? includeFields(value as Record<string, unknown>, inner) : value;
  };
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(body)) {
    const inner = children.get(key);
    if (inner !== undefined) result[key] = inner === null ? value : cut(value, inner);
  }
  return result;
}
