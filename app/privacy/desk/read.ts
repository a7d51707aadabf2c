import {
  type ViewContext,
  openForPeople,
  type GateServices,
  type OpenValues,
  type PersonView,
} from '#app/access/gate.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { isUuid } from '#app/data/uuid.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { isObjectionInForce } from '#app/privacy/choices/suppressions.ts';
import { actionsFor, type RequestActions } from '#app/privacy/desk/actions.ts';
import { requestCode } from '#app/privacy/desk/request-code.ts';
import { waitsUntil } from '#app/privacy/erasure/wait-for-copy.ts';
import { mayFetch } from '#app/privacy/package/fetch.ts';
import { getPackage, type PackageSummary } from '#app/privacy/package/store.ts';
import { readRequest, type RequestDetail } from '#app/privacy/requests/read.ts';
import { readSteps, type RequestStepName } from '#app/privacy/requests/steps.ts';
import { NOBODY, parseSubject, type RequestSubject, requestPlace } from '#app/privacy/requests/subject.ts';
import { findSubject } from '#app/privacy/subject/find-subject.ts';

/** A request as its page shows it, ready to travel as JSON. Times are milliseconds since 1970. */
export interface RequestView extends Pick<
  RequestDetail,
  | 'id'
  | 'kind'
  | 'source'
  | 'regime'
  | 'scope'
  | 'state'
  | 'held'
  | 'topic'
  | 'pauseGround'
  | 'extensionGround'
  | 'closingGround'
  | 'residue'
> {
  readonly code: string;
  readonly receivedAtMs: number;
  readonly dueAtMs: number;
  readonly finishedAtMs: number | null;
  readonly pausedAtMs: number | null;
  /** The copy for the same person that this erasure waits for, and until when at most. */
  readonly waits: { readonly id: string; readonly code: string; readonly untilMs: number } | null;
  readonly whom: WhomView;
  readonly steps: readonly StepView[];
  readonly copy: CopyView | null;
  readonly may: RequestActions;
  readonly nowMs: number;
}

/** Whom it is about, as far as the page says: codes, and how the request names them. */
export type WhomView =
  | { readonly is: 'everybody' }
  /** Whoever looks may not know, or the request has ended and its key is gone. */
  | { readonly is: 'not-shown' }
  | {
      readonly is: 'found';
      readonly codes: readonly string[];
      readonly customerIds: readonly string[];
      readonly hasEmail: boolean;
      readonly orders: number;
    };

export interface StepView {
  readonly step: RequestStepName;
  readonly atMs: number;
  readonly by: 'shopify' | 'individual' | 'staff' | 'system' | 'operator' | 'other';
  readonly ground: string | null;
}

export interface CopyView extends Pick<PackageSummary, 'id' | 'counts' | 'namesStaff' | 'releaseReason' | 'endReason'> {
  readonly madeAtMs: number;
  readonly expiresAtMs: number;
  readonly previewedAtMs: number | null;
  readonly releasedAtMs: number | null;
  readonly endedAtMs: number | null;
}

type View = Pick<PersonView, 'staffId' | 'requestId'>;

/**
 * Reads a request for its page. Whom it is about is opened on record, to say their code; e-mails are not given out here.
 *
 * @returns null when the shop has no such request, whatever the reason.
 */
export async function readRequestPage(
  services: GateServices,
  shopId: string,
  view: View,
  id: string,
): Promise<RequestView | null> {
  if (!isUuid(id)) return null;
  const now = services.clock();
  return openForPeople(
    services,
    shopId,
    { ...view, page: 'request', purpose: 'privacy-requests' },
    async (tx, open, context) => {
      const sql = sqlTxOfPrisma(tx);
      const request = await readRequest(sql, shopId, id);
      if (request === null) return null;
      const copy = await getPackage(tx, shopId, id);
      const steps = await readSteps(sql, shopId, id);
      const inForce = request.kind === 'objection' && (await isObjectionInForce(sql, shopId, id));
      const may = actionsFor(request, copy, now, inForce);
      const { kind, source, regime, scope, state, held, topic, pauseGround, extensionGround, closingGround, residue } =
        request;
      return {
        ...{
          id,
          kind,
          source,
          regime,
          scope,
          state,
          held,
          topic,
          pauseGround,
          extensionGround,
          closingGround,
          residue,
        },
        code: requestCode(id),
        receivedAtMs: request.receivedAt.getTime(),
        dueAtMs: request.dueAt.getTime(),
        finishedAtMs: request.finishedAt?.getTime() ?? null,
        pausedAtMs: request.pausedAt?.getTime() ?? null,
        waits:
          request.waitsFor === null
            ? null
            : {
                id: request.waitsFor,
                code: requestCode(request.waitsFor),
                untilMs: waitsUntil(request.dueAt).getTime(),
              },
        whom: await whomOf(services, tx, shopId, request, open, context),
        steps: steps.map(({ step, at, actor, ground }) => ({ step, atMs: at.getTime(), by: byOf(actor), ground })),
        copy: copy === null ? null : copyView(copy),
        may: { ...may, download: may.download && mayFetch(context.standing, copy?.releaseReason ?? null) },
        nowMs: now.getTime(),
      };
    },
  );
}

/** The e-mails a request names, for whoever has to write to the person: an access record of its own. */
export async function readRequestEmails(
  services: GateServices,
  shopId: string,
  view: View,
  id: string,
): Promise<readonly string[]> {
  if (!isUuid(id)) return [];
  return openForPeople(
    services,
    shopId,
    { ...view, page: 'request-email', purpose: 'privacy-requests' },
    async (tx, open) => {
      const request = await readRequest(sqlTxOfPrisma(tx), shopId, id);
      return request === null ? [] : (await openSubject(shopId, request, open, ['emails'])).emails;
    },
  );
}

async function whomOf(
  { keyStore }: GateServices,
  tx: ShopTx,
  shopId: string,
  request: RequestDetail,
  open: OpenValues,
  context: ViewContext,
): Promise<WhomView> {
  if (request.kind === 'shop-erasure') return { is: 'everybody' };
  const subject = await openSubject(shopId, request, open, Object.keys(NOBODY));
  if (isNobody(subject)) return { is: 'not-shown' };
  const { personIds } = await findSubject(sqlTxOfPrisma(tx), keyStore, shopId, subject);
  const hidden = await context.hidden(personIds);
  const people = await tx.person.findMany({
    where: { shopId, id: { in: personIds.filter((personId) => !hidden.has(personId)) } },
    select: { supportCode: true },
    orderBy: { supportCode: 'asc' },
  });
  return {
    is: 'found',
    codes: [...new Set(people.map(({ supportCode }) => supportCode))],
    customerIds: subject.customerIds,
    hasEmail: subject.emails.length > 0,
    orders: subject.orderIds.length,
  };
}

async function openSubject(
  shopId: string,
  { id, sealed }: RequestDetail,
  open: OpenValues,
  fields: readonly string[],
): Promise<RequestSubject> {
  if (sealed === null) return NOBODY;
  const [opened] = await open('request', [{ subjectId: id, sealed, place: requestPlace(shopId, id) }], fields);
  return parseSubject(opened);
}

function isNobody({ customerIds, emails, orderIds, personIds, cartIds }: RequestSubject): boolean {
  return [customerIds, emails, orderIds, personIds, cartIds].every((list) => list.length === 0);
}

function byOf(actor: string): StepView['by'] {
  const [kind] = actor.split(':', 1);
  // Whoever fetches a copy by a link is the person it is about.
  if (kind === 'link') return 'individual';
  return kind === 'shopify' || kind === 'individual' || kind === 'staff' || kind === 'system' || kind === 'operator'
    ? kind
    : 'other';
}

function copyView(copy: PackageSummary): CopyView {
  const { id, counts, namesStaff, releaseReason, endReason } = copy;
  return {
    ...{ id, counts, namesStaff, releaseReason, endReason },
    madeAtMs: copy.madeAt.getTime(),
    expiresAtMs: copy.expiresAt.getTime(),
    previewedAtMs: copy.previewedAt?.getTime() ?? null,
    releasedAtMs: copy.releasedAt?.getTime() ?? null,
    endedAtMs: copy.endedAt?.getTime() ?? null,
  };
}
