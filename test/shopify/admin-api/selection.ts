/**
 * Reads the part of a GraphQL document that decides what an answer contains: operation name, fields, aliases and
 * fragments. Arguments are skipped (operations read the variables), directives are refused. The stand-in answers
 * with exactly what was asked for, so that a field the app forgot to ask for is missing here as it would be there.
 */
export interface Field {
  readonly kind: 'field';
  readonly name: string;
  readonly alias: string;
  readonly selections: readonly Selection[];
}
export interface Fragment {
  readonly kind: 'fragment';
  readonly typeName: string;
  readonly selections: readonly Selection[];
}
export type Selection = Field | Fragment;

export interface Document {
  readonly kind: 'query' | 'mutation';
  readonly operationName: string;
  readonly selections: readonly Selection[];
}

const TOKEN = /#[^\n]*|"""[\s\S]*?"""|"(?:\\.|[^"\\])*"|\.\.\.|[A-Za-z_]\w*|-?\d[\w.+-]*|[!$()[\]{}:=|@&,]/g;

class Reader {
  #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = (text.match(TOKEN) ?? []).filter((token) => token !== ',' && !token.startsWith('#'));
  }
  peek(): string | undefined {
    return this.#tokens[this.#at];
  }
  take(expected?: string): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`Expected ${expected ?? 'more'} in the GraphQL document, found ${token ?? 'its end'}`);
    }
    return token;
  }
  takeIf(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#at++;
    return true;
  }
  /** Skips a balanced group that starts here, if one does. */
  skipGroup(open: string, close: string): void {
    if (!this.takeIf(open)) return;
    for (let depth = 1; depth > 0;) {
      const token = this.take();
      if (token === open) depth++;
      if (token === close) depth--;
    }
  }
}

type Spread = { readonly kind: 'spread'; readonly name: string };
type Raw = Spread | { kind: 'field' | 'fragment'; name: string; alias: string; selections: Raw[] };

function readSelections(reader: Reader): Raw[] {
  const selections: Raw[] = [];
  reader.take('{');
  while (!reader.takeIf('}')) {
    if (reader.takeIf('...')) {
      const next = reader.take();
      if (next === 'on') {
        selections.push({ kind: 'fragment', name: reader.take(), alias: '', selections: readSelections(reader) });
      } else {
        selections.push({ kind: 'spread', name: next });
      }
      continue;
    }
    const alias = reader.take();
    const name = reader.takeIf(':') ? reader.take() : alias;
    reader.skipGroup('(', ')');
    if (reader.peek() === '@') throw new Error('The stand-in does not know GraphQL directives');
    selections.push({ kind: 'field', name, alias, selections: reader.peek() === '{' ? readSelections(reader) : [] });
  }
  return selections;
}

/** Reads a document with one named operation; throws with a reason otherwise. */
export function readDocument(text: string): Document {
  const reader = new Reader(text);
  const fragments = new Map<string, { typeName: string; selections: Raw[] }>();
  let operation: { kind: 'query' | 'mutation'; name: string; selections: Raw[] } | null = null;
  while (reader.peek() !== undefined) {
    const kind = reader.take();
    if (kind === 'fragment') {
      const name = reader.take();
      reader.take('on');
      fragments.set(name, { typeName: reader.take(), selections: readSelections(reader) });
    } else if ((kind === 'query' || kind === 'mutation') && operation === null) {
      if (reader.peek() === '{' || reader.peek() === '(') throw new Error('The operation has no name');
      const name = reader.take();
      reader.skipGroup('(', ')');
      operation = { kind, name, selections: readSelections(reader) };
    } else {
      throw new Error(`Unexpected ${kind} in the GraphQL document`);
    }
  }
  if (!operation) throw new Error('The GraphQL document has no operation');

  const resolve = (raw: readonly Raw[]): Selection[] =>
    raw.map((one): Selection => {
      if (one.kind === 'field') return { ...one, kind: 'field', selections: resolve(one.selections) };
      if (one.kind === 'fragment') return { kind: 'fragment', typeName: one.name, selections: resolve(one.selections) };
      const fragment = fragments.get(one.name);
      if (!fragment) throw new Error(`Fragment ${one.name} is not defined`);
      return { kind: 'fragment', typeName: fragment.typeName, selections: resolve(fragment.selections) };
    });
  return { kind: operation.kind, operationName: operation.name, selections: resolve(operation.selections) };
}

/** The part of `value` that was selected; objects that fragments tell apart carry `__typename`. */
export function select(value: unknown, selections: readonly Selection[], path = 'QueryRoot'): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => select(item, selections, path));
  if (selections.length === 0) throw new Error(`Field '${path}' must have a selection of subfields`);
  const source = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const selection of selections) {
    if (selection.kind === 'fragment') {
      if (source['__typename'] === undefined || source['__typename'] === selection.typeName) {
        Object.assign(result, select(value, selection.selections, path));
      }
      continue;
    }
    if (!(selection.name in source)) throw new Error(`Field '${selection.name}' doesn't exist on '${path}'`);
    result[selection.alias] = select(source[selection.name], selection.selections, selection.name);
  }
  return result;
}
