import type { SqlTx } from '#app/data/sql-tx.ts';
import { dueAtOf } from '#app/privacy/requests/clock.ts';
import type { Regime, RequestKind, RequestScope, RequestSource, RequestTopic } from '#app/privacy/requests/kinds.ts';
import { writeStep } from '#app/privacy/requests/steps.ts';

/** A request as it is written down first; everything later is a step. */
export interface NewRequest {
  readonly id: string;
  readonly kind: RequestKind;
  readonly source: RequestSource;
  readonly regime: Regime;
  readonly scope: RequestScope | null;
  readonly receivedAt: Date;
  readonly topic: RequestTopic | null;
  readonly bodyDigest: Buffer | null;
  readonly webhookId: string | null;
  readonly triggeredAt: Date | null;
  /** False when the shop had no keys at the time, so that nothing could be held. */
  readonly held: boolean;
  readonly sealed: Buffer | null;
  /** Who brought it, as access records name them, or `shopify`. */
  readonly actor: string;
}

/** Writes a new request, with its clock and its first step. It belongs to the installation there is. */
export async function insertRequest(tx: SqlTx, shopId: string, request: NewRequest): Promise<void> {
  const { id, kind, source, regime, scope, receivedAt, topic, bodyDigest, webhookId, triggeredAt, held } = request;
  await tx.query(
    `INSERT INTO app.privacy_requests
       (shop_id, id, kind, source, regime, scope, epoch, topic, body_digest, webhook_id, triggered_at, received_at, due_at, held, sealed)
     SELECT $1::uuid, $2::uuid, $3, $4, $5, $6, s.epoch, $7, decode($8, 'hex'), $9, $10::timestamptz, $11::timestamptz,
       $12::timestamptz, $13, decode($14, 'hex')
     FROM app.shops s WHERE s.id = $1::uuid`,
    [
      shopId,
      id,
      kind,
      source,
      regime,
      scope,
      topic,
      bodyDigest?.toString('hex') ?? null,
      webhookId,
      triggeredAt,
      receivedAt,
      dueAtOf(regime, receivedAt),
      held,
      request.sealed?.toString('hex') ?? null,
    ],
  );
  await writeStep(tx, shopId, id, { step: 'received', at: receivedAt, actor: request.actor, ground: null });
}
