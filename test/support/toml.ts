type Value = string | boolean | string[];
export type TomlTable = { [key: string]: Value | TomlTable | TomlTable[] };

/**
 * Reads the part of TOML that Shopify's files use: tables, arrays of tables, strings, booleans, lists of strings.
 *
 * @throws for a line it does not know, so that nothing of a file is silently left out.
 */
export function parseToml(text: string): TomlTable {
  const root: TomlTable = {};
  let table = root;
  const lines = text.split('\n').map((line) => line.trim());
  for (let index = 0; index < lines.length; index += 1) {
    let line = lines[index] ?? '';
    if (line === '' || line.startsWith('#')) continue;
    const header = /^\[(\[?)([\w.]+)\]?\]$/.exec(line);
    if (header?.[2] !== undefined) {
      table = openTable(root, header[2].split('.'), header[1] === '[');
      continue;
    }
    while (/=\s*\[/.test(line) && !line.endsWith(']')) line += ` ${lines[(index += 1)] ?? ''}`;
    const entry = /^([\w-]+)\s*=\s*(.+)$/.exec(line);
    if (entry?.[1] === undefined || entry[2] === undefined) throw new Error(`Not understood: ${line}`);
    // What is left of TOML here is JSON, but for the comma after the last item.
    table[entry[1]] = JSON.parse(entry[2].replace(/,\s*\]$/, ']')) as Value;
  }
  return root;
}

function openTable(root: TomlTable, path: string[], isItem: boolean): TomlTable {
  let table = root;
  for (const [depth, name] of path.entries()) {
    if (isItem && depth === path.length - 1) {
      const item: TomlTable = {};
      table[name] = [...((table[name] as TomlTable[] | undefined) ?? []), item];
      return item;
    }
    table = (table[name] ??= {}) as TomlTable;
  }
  return table;
}
