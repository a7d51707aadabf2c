import { isRouteErrorResponse } from '@remix-run/react';

import { getDenial, type Denial } from '#app/access/denied.ts';
import type { ErrorCode } from '#app/errors.ts';
import { texts } from '#app/ui/texts/texts.ts';

const { errors } = texts;

export type ErrorKind = 'not-found' | 'denied' | 'busy' | 'unrecorded' | 'offline' | 'failed';

export interface ErrorWords {
  readonly kind: ErrorKind;
  readonly title: string;
  readonly body: string;
  /** Whether no other page of the app would open either. */
  readonly isClosed: boolean;
}

const WORDS: Readonly<Record<ErrorKind, { title: string; body: string }>> = {
  'not-found': { title: errors.notFoundTitle, body: errors.notFoundBody },
  denied: { title: errors.deniedTitle, body: errors.deniedBody },
  busy: { title: errors.busyTitle, body: errors.busyBody },
  unrecorded: { title: errors.unrecordedTitle, body: errors.unrecordedBody },
  offline: { title: errors.offlineTitle, body: errors.offlineBody },
  failed: { title: errors.title, body: errors.body },
};

/** What is said in the place of a page that cannot be shown. */
export function wordsOfError(error: unknown): ErrorWords {
  const kind = kindOf(error);
  const denial = isRouteErrorResponse(error) ? getDenial(error.data) : null;
  const isClosed = denial === null ? kind === 'denied' : denial.role === null;
  return { kind, isClosed, ...(denial === null ? WORDS[kind] : wordsOfDenial(denial)) };
}

/** Somebody of the staff may not: which role they have, what it leaves out, and whom to ask. */
function wordsOfDenial({ role, right, ask }: Denial): { title: string; body: string } {
  const { denied, roles, roleMeans } = texts.access;
  if (role === null) return { title: denied.endedTitle, body: `${denied.endedBody} ${texts.access.ask(ask)}` };
  const missing = right === null ? '' : denied.right[right];
  return {
    title: denied.roleTitle,
    body: [denied.roleBody(roles[role], roleMeans[role]), missing, texts.access.ask(ask)].join(' '),
  };
}

function kindOf(error: unknown): ErrorKind {
  if (isRouteErrorResponse(error)) {
    if (codeOf(error.data) === 'access.unrecorded') return 'unrecorded';
    if (error.status === 429) return 'busy';
    if (error.status === 404) return 'not-found';
    return error.status === 401 || error.status === 403 ? 'denied' : 'failed';
  }
  // What `fetch` throws when no answer came.
  return error instanceof TypeError && /fetch|network/i.test(error.message) ? 'offline' : 'failed';
}

/** The code that a refusal of ours carries (app/web/refusals.ts). */
function codeOf(data: unknown): ErrorCode | null {
  return typeof data === 'object' && data !== null && 'code' in data ? (data.code as ErrorCode) : null;
}
