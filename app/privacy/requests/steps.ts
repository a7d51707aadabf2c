import { v7 as uuidv7 } from 'uuid';

import type { SqlTx } from '#app/data/sql-tx.ts';

/** What can happen to a request, as its history tells it. */
export type RequestStepName =
  | 'received'
  | 'started'
  | 'review'
  | 'ready'
  | 'paused'
  | 'resumed'
  | 'extended'
  | 'residue'
  | 'done'
  | 'refused'
  | 'superseded'
  | 'taken-back';

/** One line of a request’s history. Written once, never changed. */
export interface RequestStep {
  readonly step: RequestStepName;
  readonly at: Date;
  /** As access records name somebody: `staff:…`, `system:…`, `operator:…`; or `shopify`. */
  readonly actor: string;
  readonly ground: string | null;
}

/** Adds a line to a request’s history. */
export async function writeStep(tx: SqlTx, shopId: string, requestId: string, step: RequestStep): Promise<void> {
  await tx.query(
    `INSERT INTO app.privacy_request_steps (shop_id, request_id, id, at, step, ground, actor)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4::timestamptz, $5, $6, $7)`,
    [shopId, requestId, uuidv7(), step.at, step.step, step.ground, step.actor],
  );
}

/** A request’s history, oldest first. */
export async function readSteps(tx: SqlTx, shopId: string, requestId: string): Promise<RequestStep[]> {
  return tx.query<RequestStep>(
    `SELECT step, at, actor, ground FROM app.privacy_request_steps
     WHERE shop_id = $1::uuid AND request_id = $2::uuid ORDER BY id`,
    [shopId, requestId],
  );
}
