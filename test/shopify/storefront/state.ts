import type { Variant } from '../world/catalogue.ts';
import type { Customer } from '../world/customers.ts';
import type { Place } from '../world/places.ts';

/** What a shopper's browser and Shopify know about one visit. Amounts are integer cents of the shop's currency. */
export interface Line {
  readonly variant: Variant;
  readonly quantity: number;
  /** Free text of the shopper (an engraving): never to be kept by the app. */
  readonly properties: Readonly<Record<string, string>> | null;
}

export interface Cart {
  readonly token: string;
  readonly lines: readonly Line[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly note: string | null;
}

export interface Address {
  readonly firstName: string;
  readonly lastName: string;
  readonly street: string;
  readonly phone: string;
  readonly place: Place;
}

export interface Checkout {
  readonly token: string;
  /** The digits in `name`; the `id` of checkouts/delete. */
  readonly number: number;
  readonly cartToken: string | null;
  readonly recoveryKey: string;
  readonly lines: readonly Line[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly completedAt: Date | null;
  /** Null until the contact step. */
  readonly email: string | null;
  /** Only for somebody who is logged in. */
  readonly customer: Customer | null;
  readonly address: Address | null;
  readonly locale: string;
  readonly acceptsMarketing: boolean;
}

export interface Order {
  readonly id: number;
  readonly number: number;
  readonly token: string;
  readonly confirmation: string;
  readonly cartToken: string | null;
  readonly checkoutToken: string | null;
  readonly lines: readonly Line[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly email: string;
  readonly customer: Customer;
  readonly address: Address;
  readonly locale: string;
  readonly ip: string;
  readonly financialStatus: 'paid' | 'voided' | 'refunded';
  readonly fulfillmentStatus: 'fulfilled' | null;
  readonly cancelledAt: Date | null;
  readonly cancelReason: 'customer' | 'fraud' | 'inventory' | 'declined' | 'staff' | 'other' | null;
}

export const linesCents = (lines: readonly Line[]): number =>
  lines.reduce((sum, line) => sum + line.variant.priceCents * line.quantity, 0);
export const linesGrams = (lines: readonly Line[]): number =>
  lines.reduce((sum, line) => sum + line.variant.grams * line.quantity, 0);
