import { v7 as uuidv7 } from 'uuid';

import type { KeyStore } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { insertRequest } from '#app/privacy/requests/insert.ts';
import type { PersonalRequestKind, Regime, RequestScope, RequestSource } from '#app/privacy/requests/kinds.ts';
import { type RequestSubject, sealSubject } from '#app/privacy/requests/subject.ts';

/** A request that did not come from Shopify. */
export interface StartedRequest {
  readonly kind: PersonalRequestKind;
  readonly source: Exclude<RequestSource, 'shopify' | 'clock'>;
  readonly regime: Regime;
  /** For a copy: how far back. Null for everything else. */
  readonly scope: RequestScope | null;
  readonly subject: RequestSubject;
  /** When the person asked, which is when the clock began: not after now. */
  readonly receivedAt: Date;
  /** Who starts it, as access records name them. */
  readonly actor: string;
}

/**
 * Starts a request for somebody who wrote to the merchant, or who came through the public page.
 *
 * @param tx bound to the shop.
 * @returns its id.
 */
export async function createRequest(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  request: StartedRequest,
): Promise<string> {
  const { subject, ...rest } = request;
  const id = uuidv7();
  await insertRequest(tx, shopId, {
    ...rest,
    id,
    topic: null,
    bodyDigest: null,
    webhookId: null,
    triggeredAt: null,
    held: true,
    sealed: await sealSubject(tx, keyStore, shopId, id, subject),
  });
  return id;
}
