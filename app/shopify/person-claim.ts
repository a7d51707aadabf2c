import type { FieldClaims } from '#app/shopify/registers.ts';
import { parseTime, stampOf } from '#app/shopify/stamp.ts';

/** What an event says about who is behind a cart. */
export interface PersonClaim {
  /** Shopify's customer id in digits; null for a guest, who is then known by the e-mail alone. */
  readonly customerId: string | null;
  readonly email: string | null;
  readonly stamp: string;
  /** When the event that says so happened. */
  readonly seenAt: Date;
  readonly fields: FieldClaims;
}

/** How we know whose cart it is. A customer id is certain; an e-mail was typed by somebody. */
export type PersonEvidence = 'customer-id' | 'email';

export interface RawCustomer {
  readonly id?: string | null | undefined;
  readonly admin_graphql_api_id?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly first_name?: string | null | undefined;
  readonly last_name?: string | null | undefined;
  readonly updated_at?: string | null | undefined;
}

/**
 * The claim of a checkout or an order: the customer it names, else the e-mail that was typed.
 *
 * A customer inside another body is a copy made when the customer was last changed, so its own `updated_at` says how
 * new it is.
 *
 * @param stamp the stamp of the event that carries the customer.
 * @param seenAt when that event happened.
 * @returns null when nobody is named.
 */
export function claimOf(
  customer: RawCustomer | null | undefined,
  email: string | null | undefined,
  stamp: string,
  seenAt: Date,
): PersonClaim | null {
  const customerId = customer === null || customer === undefined ? null : getCustomerId(customer);
  if (customerId === null) {
    return email === null || email === undefined || email.trim() === ''
      ? null
      : { customerId: null, email, stamp, seenAt, fields: { email } };
  }
  return profileClaim(customerId, customer ?? {}, stamp, seenAt);
}

/** The claim of a profile (`customers/update`, or the customer inside another body). */
export function profileClaim(customerId: string, customer: RawCustomer, eventStamp: string, seenAt: Date): PersonClaim {
  const { email, first_name: firstName, last_name: lastName } = customer;
  return {
    customerId,
    email: email ?? null,
    stamp: profileStamp(customer, eventStamp, seenAt),
    seenAt,
    fields: { customerId, email, firstName, lastName },
  };
}

/** The customer's id in digits, from the global id where there is one: it is text and survives every JSON parser. */
export function getCustomerId(customer: RawCustomer): string | null {
  return customerIdOfGid(customer.admin_graphql_api_id) ?? customer.id ?? null;
}

/** The digits at the end of `gid://shopify/Customer/123`, or null. */
export function customerIdOfGid(gid: string | null | undefined): string | null {
  return /^gid:\/\/shopify\/Customer\/(\d+)$/.exec(gid ?? '')?.[1] ?? null;
}

const EVENT_TIMES_CHARS = 18;

function profileStamp(customer: RawCustomer, eventStamp: string, seenAt: Date): string {
  const updatedAt = parseTime(customer.updated_at, seenAt);
  if (updatedAt === null) return eventStamp;
  const digest = Buffer.from(eventStamp.slice(EVENT_TIMES_CHARS), 'hex');
  return stampOf({ changedAt: updatedAt, triggeredAt: updatedAt }, digest);
}
