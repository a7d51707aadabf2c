/** The staff member who acts, as Shopify's verified session says. */
export interface Signer {
  /** Shopify's id of the staff member. */
  readonly staffId: string;
  readonly name: string | null;
  /** The address that Shopify has verified; null when it has not. Never one that somebody typed. */
  readonly verifiedEmail: string | null;
  readonly isAccountOwner: boolean;
}

const LONGEST_EMAIL = 254;

/**
 * An e-mail address as somebody typed it, trimmed; null when it cannot be one. Only the shape is judged: something, an
 * `@`, and a domain with a dot. Whether mail arrives is for the mail to show.
 */
export function parseEmail(text: string): string | null {
  const email = text.trim();
  return email.length <= LONGEST_EMAIL && /^[^\s@<>()",;:\\]+@[^\s@.]+(\.[^\s@.]+)+$/u.test(email) ? email : null;
}
