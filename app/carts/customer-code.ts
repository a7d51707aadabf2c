const CODE = /^[0-9A-HJKMNP-TV-Z]{4,8}$/;

/**
 * The customer code in what somebody typed: "customer 7f3k" and "7F3K" alike. Letters that are easily misread are taken
 * for what they look like (Crockford's rule: O is 0, I and L are 1).
 *
 * @returns null for blank; a text that can be no code for anything else, so that it finds nothing.
 */
export function customerCodeOf(typed: string | null): string | null {
  const text = (typed ?? '').trim().replace(/^customer\s+/i, '');
  if (text === '') return null;
  const code = text.toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1');
  return CODE.test(code) ? code : '-';
}
