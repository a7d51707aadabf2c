import { cartEffect } from '#app/carts/apply/effects.ts';
import { projectPayload } from '#app/shopify/payloads/project.ts';
import { seal } from '#app/vault/envelope.ts';
import type { VaultKey } from '#app/vault/vault-key.ts';

/** A cart as a peer keeps it: columns to list it by, contents sealed. */
export interface PeerCart {
  readonly token: string;
  readonly changedAt: Date;
  readonly itemCount: number;
  readonly lineCount: number;
  readonly valueMinor: bigint | null;
  readonly currency: string | null;
  readonly sealed: Buffer;
}

export function peerKey(secret: Buffer): VaultKey {
  return { scope: 'cart', version: 1, secret };
}

/**
 * Minimises, summarises and seals a parsed cart webhook with the product's own functions, so that a peer does the same
 * work for the same state, no less and no slower. Null for a body that is no cart.
 */
export function peerCart(key: VaultKey, shop: string, payload: unknown): PeerCart | null {
  const projection = projectPayload('carts/update', payload);
  if (!projection.ok) return null;
  const now = new Date();
  const received = { receivedAt: now, triggeredAt: now, webhookId: null };
  const unused = Buffer.alloc(16);
  const row = { day: '', topic: 0, digest: unused };
  const effect = cartEffect({ topic: 'carts/update', body: projection.body, digest: unused, row, ...received }, null);
  if (effect?.kind !== 'cart-state') return null;
  const { cartToken: token, summary, time } = effect;
  const contents = Buffer.from(JSON.stringify({ lines: effect.lines }));
  return {
    token,
    changedAt: time.changedAt,
    ...summary,
    sealed: seal(key, contents, { shop, table: 'cart', column: 'sealed', row: token }),
  };
}
