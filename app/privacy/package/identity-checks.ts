/**
 * How somebody can have been shown to be the person they say they are, where there is no shop any more that knows them.
 * The word goes on record; what was shown does not.
 */
export const IDENTITY_CHECKS = {
  'mail-answered': 'answered a message sent to the address that the request names',
  'order-details': 'named details of an order that only the buyer has',
  'document-seen': 'showed an official document, of which nothing was kept',
  'merchant-confirmed': 'the merchant who had the shop knows them and said so',
} as const;
export type IdentityCheck = keyof typeof IDENTITY_CHECKS;

export function isIdentityCheck(word: unknown): word is IdentityCheck {
  return typeof word === 'string' && Object.hasOwn(IDENTITY_CHECKS, word);
}
