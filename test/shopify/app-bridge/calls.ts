/** One call of the app to App Bridge, for tests: `window.__appBridgeCalls`. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

const calls: Call[] = [];
Object.assign(window, { __appBridgeCalls: calls });

/** Functions and elements cannot be read by a test from outside; everything else is kept as it is. */
const plain = (value: unknown): unknown => {
  if (typeof value === 'function') return '[function]';
  if (value instanceof Element) return `<${value.localName}>`;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
};

export function record(name: string, ...args: readonly unknown[]): void {
  calls.push({ name, args: args.map(plain) });
}
