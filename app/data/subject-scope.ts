import type { KeyScope } from '#app/vault/scope.ts';
import type { WrapContext } from '#app/vault/wrap.ts';

/** Things that have a key of their own, which can be destroyed alone. */
export type SubjectScope = Extract<KeyScope, 'cart' | 'checkout' | 'order' | 'person' | 'request'>;

/** Subjects of one kind. */
export interface Subjects {
  readonly scope: SubjectScope;
  readonly ids: readonly string[];
}

/** What a subject's wrapped key is bound to. */
export function subjectContext(shopId: string, scope: SubjectScope, id: string, version: number): WrapContext {
  return { owner: shopId, purpose: `${scope}:${id}`, version };
}
