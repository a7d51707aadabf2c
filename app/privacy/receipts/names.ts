/** Strings whole, and the signs that give a text of JSON its form; numbers and words between them say nothing about names. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * Whether every name in this text of JSON means one thing: none stands twice in an object, where readers differ in which of
 * the two they take, and none is `__proto__`, which some take for something else than a name.
 *
 * @param text valid JSON.
 */
export function hasPlainNames(text: string): boolean {
  const open: Set<string>[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const name = String(JSON.parse(last));
      const names = open.at(-1);
      if (name === '__proto__' || names?.has(name) === true) return false;
      names?.add(name);
    } else last = token;
  }
  return true;
}
