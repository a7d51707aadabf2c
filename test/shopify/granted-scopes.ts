import type { AppConfiguration } from './subscriptions.ts';

/** What App Bridge tells an app of its scopes in a shop. */
export interface ScopesDetail {
  readonly granted: readonly string[];
  /** Granted by every shop that installs the app; nothing takes them away but uninstalling. */
  readonly required: readonly string[];
  /** Those the app may ask for later. */
  readonly optional: readonly string[];
}

export interface GrantedScopes {
  detail(domain: string): ScopesDetail;
  of(domain: string): readonly string[];
  set(domain: string, granted: readonly string[]): void;
  /** What uninstalling does: whoever installs again grants what is required. */
  forget(domain: string): void;
  /** What shops grant that is not simply what the app requires. */
  all(): Readonly<Record<string, readonly string[]>>;
}

/** Which scopes each shop grants: those the app requires, until something changed them. */
export function createGrantedScopes(
  { scopes: required, optionalScopes: optional }: AppConfiguration,
  kept: Readonly<Record<string, readonly string[]>> = {},
): GrantedScopes {
  const granted = new Map(Object.entries(kept));
  const of = (domain: string): readonly string[] => granted.get(domain) ?? required;
  return {
    of,
    detail: (domain) => ({ granted: of(domain), required, optional }),
    set: (domain, scopes) => void granted.set(domain, scopes),
    forget: (domain) => void granted.delete(domain),
    all: () => Object.fromEntries(granted),
  };
}
