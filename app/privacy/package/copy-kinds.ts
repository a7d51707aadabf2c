import type { RequestKind } from '#app/privacy/requests/kinds.ts';

/** Requests that are answered with a copy. */
export const COPY_KINDS: readonly RequestKind[] = ['access', 'portability'];
