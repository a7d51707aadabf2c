import type { ScopesDetail } from '../granted-scopes.ts';

/** What the framed app's bridge and the admin page say to each other by postMessage. */
export interface NavLink {
  readonly href: string;
  readonly label: string;
  /** The link behind the app's own name; not shown in the menu. */
  readonly home: boolean;
}

export interface BarAction {
  readonly label: string;
  readonly primary: boolean;
  readonly disabled: boolean;
}

export interface ScopesQuestion {
  readonly act: 'query' | 'request' | 'revoke';
  readonly scopes: readonly string[];
}

export type ScopesAnswer =
  { readonly result?: 'granted-all' | 'declined-all'; readonly detail: ScopesDetail } | { readonly error: string };

export type ToAdmin =
  | { readonly type: 'hello' }
  | { readonly type: 'id-token'; readonly request: number }
  | { readonly type: 'scopes'; readonly request: number; readonly question: ScopesQuestion }
  | { readonly type: 'nav'; readonly links: readonly NavLink[] }
  | { readonly type: 'location'; readonly path: string }
  | { readonly type: 'title-bar'; readonly title: string; readonly actions: readonly BarAction[] }
  | { readonly type: 'loading'; readonly on: boolean }
  | { readonly type: 'save-bar'; readonly id: string; readonly shown: boolean; readonly canSave: boolean }
  | {
      readonly type: 'toast';
      readonly id: string;
      readonly message: string;
      readonly isError: boolean;
      readonly action: string | null;
      readonly durationMs: number;
    }
  | { readonly type: 'toast-hide'; readonly id: string }
  | { readonly type: 'open-top'; readonly url: string };

export type ToApp =
  | { readonly type: 'id-token'; readonly request: number; readonly token: string }
  | { readonly type: 'scopes'; readonly request: number; readonly answer: ScopesAnswer }
  | { readonly type: 'navigate'; readonly href: string }
  | { readonly type: 'title-action'; readonly index: number }
  | { readonly type: 'save-bar-action'; readonly id: string; readonly action: 'save' | 'discard' }
  | { readonly type: 'toast-action'; readonly id: string }
  | { readonly type: 'toast-dismissed'; readonly id: string };

/** Marks our messages among those of others (browser extensions, the dev server). */
export const MARK = 'shopify-stand-in';
export interface Envelope<T> {
  readonly mark: typeof MARK;
  readonly message: T;
}

export function isEnvelope(data: unknown): data is Envelope<never> {
  return typeof data === 'object' && data !== null && 'mark' in data && data.mark === MARK;
}
