import { lookupToken } from '#app/vault/lookup.ts';

/** How a person is found again: keyed digests, of the customer id or, for a guest, of the e-mail. */
export interface PersonRef {
  readonly kind: 'customer' | 'guest';
  readonly bytes: Buffer;
  /** Kind and bytes as text, for maps. */
  readonly key: string;
  /** What the row may have in its place: the digest under another e-mail key, while that is rotated. */
  readonly also?: readonly Buffer[];
}

/** The keyed digest under which a customer is stored. */
export function customerRef(lookupKey: Buffer, customerId: string): Buffer {
  return lookupToken(lookupKey, 'customer-id', customerId);
}

/** A reference from its stored bytes. */
export function personRef(kind: PersonRef['kind'], bytes: Buffer): PersonRef {
  return { kind, bytes, key: `${kind}:${bytes.toString('hex')}` };
}
