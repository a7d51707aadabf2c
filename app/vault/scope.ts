/** What kind of thing a key belongs to. The numbers are in the wire format: they are never changed or used again. */
export const KEY_SCOPES = {
  inbox: 1,
  shop: 2,
  cart: 3,
  person: 4,
  order: 5,
  request: 6,
  checkout: 7,
} as const;

export type KeyScope = keyof typeof KEY_SCOPES;

const SCOPE_BY_CODE = new Map<number, KeyScope>(
  Object.entries(KEY_SCOPES).map(([scope, code]) => [code, scope as KeyScope]),
);

/** The scope with this number, or null. */
export function getScope(code: number): KeyScope | null {
  return SCOPE_BY_CODE.get(code) ?? null;
}
