declare const CART_INSIGHTS_VERSION: string | undefined;

/** Which build runs, such as `0.1.0+1a2b3c4`: `npm run build` writes it in. */
export const VERSION = typeof CART_INSIGHTS_VERSION === 'string' ? CART_INSIGHTS_VERSION : 'source';
