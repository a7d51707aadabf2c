import { v7 as uuidv7 } from 'uuid';

import type { ContentOrigin } from '#app/carts/line.ts';
import type { RegisterDocument } from '#app/shopify/registers.ts';
import type { PersonEvidence } from '#app/shopify/person-claim.ts';

/** A cart while a batch is applied: the row as it stood, with what the batch adds. */
export interface CartRow {
  readonly id: string;
  readonly tokenRef: Buffer;
  personId: string | null;
  personEvidence: PersonEvidence | null;
  startedAt: Date;
  lastChangedAt: Date;
  contentChangedAt: Date | null;
  contentOrigin: ContentOrigin | null;
  itemCount: number;
  lineCount: number;
  valueMinor: bigint | null;
  currency: string | null;
  checkoutAt: Date | null;
  checkoutDeletedAt: Date | null;
  orderedAt: Date | null;
  countryToken: Buffer | null;
  provinceToken: Buffer | null;
  readonly isNew: boolean;
}

/** A cart that was not there before: nothing is known of it but the reference by which it was named, and since when. */
export function newCart(tokenRef: Buffer, seenAt: Date): CartRow {
  return {
    id: uuidv7(),
    tokenRef,
    personId: null,
    personEvidence: null,
    startedAt: seenAt,
    lastChangedAt: seenAt,
    contentChangedAt: null,
    contentOrigin: null,
    itemCount: 0,
    lineCount: 0,
    valueMinor: null,
    currency: null,
    checkoutAt: null,
    checkoutDeletedAt: null,
    orderedAt: null,
    countryToken: null,
    provinceToken: null,
    isNew: true,
  };
}

/** What checkouts and orders have in common. */
export interface PurchaseRow {
  readonly id: string;
  cartId: string | null;
  personId: string | null;
  personEvidence: PersonEvidence | null;
  changedAt: Date;
  itemCount: number;
  lineCount: number;
  valueMinor: bigint | null;
  currency: string | null;
  countryToken: Buffer | null;
  provinceToken: Buffer | null;
  document: RegisterDocument | null;
  readonly isNew: boolean;
  isChanged: boolean;
}

export interface CheckoutRow extends PurchaseRow {
  readonly tokenRef: Buffer;
  startedAt: Date;
  completedAt: Date | null;
}

export interface OrderRow extends PurchaseRow {
  readonly orderRef: Buffer;
  checkoutRef: Buffer | null;
  cartEvidence: 'cart-token' | 'checkout-token' | null;
  orderedAt: Date;
  cancelledAt: Date | null;
}

/** A state the batch adds to a cart's history. */
export interface StateRow {
  readonly cartId: string;
  readonly changedAt: Date;
  readonly triggeredAt: Date;
  readonly digest: Buffer;
  readonly receivedAt: Date;
  readonly itemCount: number;
  readonly lineCount: number;
  readonly valueMinor: bigint | null;
  readonly currency: string | null;
}
