import { TAKE_BACK_REASONS, type TakeBackReason } from '#app/privacy/choices/suppressions.ts';
import type { PackageSummary } from '#app/privacy/package/store.ts';
import { COPY_KINDS } from '#app/privacy/package/copy-kinds.ts';
import {
  EXTENSION_GROUNDS,
  type ExtensionGround,
  holdsFor,
  PAUSE_GROUNDS,
  type PauseGround,
  REFUSAL_GROUNDS,
  type RefusalGround,
} from '#app/privacy/requests/grounds.ts';
import type { RequestSummary } from '#app/privacy/requests/read.ts';
import { canGo, isOpen } from '#app/privacy/requests/states.ts';

/** What can be done with a request at this moment. Empty lists and false for what cannot. */
export interface RequestActions {
  readonly pause: readonly PauseGround[];
  readonly resume: boolean;
  readonly extend: readonly ExtensionGround[];
  readonly refuse: readonly RefusalGround[];
  /** Look the copy over, and give it out. */
  readonly preview: boolean;
  readonly release: boolean;
  readonly download: boolean;
  /** Make another copy in the place of the one that is there or gone. */
  readonly again: boolean;
  /** Say that it is done: the copy handed over, the correction made. */
  readonly close: boolean;
  /** Take an objection back that was carried out, for one of these reasons: new carts may be tied to the person again. */
  readonly takeBack: readonly TakeBackReason[];
}

type Standing = Pick<
  RequestSummary,
  'kind' | 'source' | 'regime' | 'state' | 'receivedAt' | 'dueAt' | 'extendedAt' | 'held'
>;

export function actionsFor(
  request: Standing,
  copy: PackageSummary | null,
  now: Date,
  isObjectionInForce: boolean,
): RequestActions {
  const namesOf = <Ground extends string>(grounds: Readonly<Record<Ground, Parameters<typeof holdsFor>[0]>>) =>
    (Object.keys(grounds) as Ground[]).filter((name) => holdsFor(grounds[name], request));
  const isLive = copy !== null && copy.endedAt === null && copy.expiresAt > now;
  const isCopy = COPY_KINDS.includes(request.kind);
  const canExtend =
    isOpen(request.state) && request.regime !== 'shopify' && request.extendedAt === null && request.dueAt > now;
  const wasFetched = copy?.endReason === 'fetched';
  return {
    pause: canGo(request, 'paused') ? namesOf(PAUSE_GROUNDS) : [],
    resume: request.state === 'paused',
    extend: canExtend ? namesOf(EXTENSION_GROUNDS) : [],
    refuse: canGo(request, 'refused') ? namesOf(REFUSAL_GROUNDS) : [],
    preview: isCopy && isLive,
    release: isCopy && request.state === 'review' && isLive,
    download: isCopy && request.state === 'ready' && isLive,
    again: isCopy && (request.state === 'review' || request.state === 'ready'),
    close: isCopy
      ? request.state === 'ready' && wasFetched
      : request.kind === 'correction' && ['received', 'working'].includes(request.state),
    takeBack: request.kind === 'objection' && request.state === 'done' && isObjectionInForce ? TAKE_BACK_REASONS : [],
  };
}
