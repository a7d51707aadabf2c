import type { RequestKind, RequestSource } from '#app/privacy/requests/kinds.ts';

/**
 * How far a request is.
 *
 * - `received`: recorded, its clock runs.
 * - `working`: a job has begun; a crash leaves it here, and the next run takes it up.
 * - `review`: what was prepared waits for somebody to look at it.
 * - `ready`: may be fetched.
 * - `paused`: held on a named legal ground.
 * - `residue`: it was carried out and the check afterwards still found something; open until nothing is found.
 * - `done`, `refused`, `superseded`: closed, for ever.
 */
export const REQUEST_STATES = [
  'received',
  'working',
  'review',
  'ready',
  'paused',
  'residue',
  'done',
  'refused',
  'superseded',
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

const NEXT: Readonly<Record<RequestState, readonly RequestState[]>> = {
  received: ['working', 'paused', 'refused', 'superseded'],
  working: ['review', 'ready', 'done', 'residue', 'paused', 'superseded'],
  review: ['working', 'ready', 'paused', 'refused', 'superseded'],
  ready: ['working', 'review', 'done', 'superseded'],
  paused: ['received', 'refused', 'superseded'],
  residue: ['working'],
  done: [],
  refused: [],
  superseded: [],
};

/** States that end a request. */
export const CLOSED: readonly RequestState[] = ['done', 'refused', 'superseded'];
export const OPEN: readonly RequestState[] = REQUEST_STATES.filter((state) => !CLOSED.includes(state));

/** States in which there is work for a job. */
export const TO_WORK_ON: readonly RequestState[] = ['received', 'working', 'residue'];

export function isOpen(state: RequestState): boolean {
  return !CLOSED.includes(state);
}

/**
 * Whether a request may go from one state to another.
 *
 * What Shopify asks for cannot be refused: where a law forbids it for a while, it is paused on that ground, which shows.
 * Only an erasure can leave a residue.
 */
export function canGo(
  { state, source, kind }: { readonly state: RequestState; readonly source: RequestSource; readonly kind: RequestKind },
  to: RequestState,
): boolean {
  if (to === 'refused' && (source === 'shopify' || source === 'clock')) return false;
  if (to === 'residue' && kind !== 'erasure' && kind !== 'shop-erasure') return false;
  return NEXT[state].includes(to);
}
