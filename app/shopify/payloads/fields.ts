import { z } from 'zod';

/**
 * The kinds of field that Shopify's bodies have. A schema keeps what it names and drops everything else. A field that is
 * left out stays out, null stays null: the difference decides whether a stored value is kept or cleared.
 */

/** Text, null or absent. */
export const text = z.string().nullish();

/** A decimal amount; Shopify writes it as text. */
export const amount = z.union([z.string(), z.number().transform(String)]).nullish();

const digits = z.union([
  z.string().regex(/^\d{1,24}$/),
  // Whole and exact: larger numbers reach us as text (json.ts).
  z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).transform(String),
]);

/** A numeric id, as digits: some are greater than a JavaScript number can hold. */
export const requiredId = digits;
export const id = digits.nullish();

const GLOBAL_ID = /^gid:\/\/shopify\/[A-Za-z]+\/(\d{1,24})$/;

/** An id in a request by law. Shopify may write it either way, and refusing the request for its spelling would lose it. */
export const idInRequest = z.union([
  digits,
  z
    .string()
    .regex(GLOBAL_ID)
    .transform((text) => text.replace(GLOBAL_ID, '$1')),
]);

/** The part of a token after this opens the cart to whoever has it; Shopify may add it at any time. */
const SECRET_PART = '?key=';

function withoutSecretPart(token: string): string {
  const at = token.indexOf(SECRET_PART);
  return at < 0 ? token : token.slice(0, at);
}

/** A cart's or checkout's token: opaque, of any length and alphabet. */
export const requiredToken = z
  .string()
  .transform(withoutSecretPart)
  .refine((token) => token !== '');
export const token = z
  .string()
  .transform((value) => (value === '' ? null : withoutSecretPart(value)))
  .nullish();

/** Never negative in a cart; should it be, the line counts for nothing and the cart is not lost for it. */
const quantity = z
  .number()
  .int()
  .max(2_000_000_000)
  .transform((value) => Math.max(0, value));

/** What all kinds of line have. */
const lineFields = {
  variant_id: id,
  product_id: id,
  title: text,
  price: amount,
};

const moneySet = z.object({ shop_money: z.object({ amount, currency_code: text }).nullish() }).nullish();

export const cartLine = z.object({
  ...lineFields,
  quantity,
  line_price: amount,
  price_set: moneySet,
  line_price_set: moneySet,
});

export const checkoutLine = z.object({
  ...lineFields,
  variant_title: text,
  quantity: quantity.nullish(),
  line_price: amount,
});

export const orderLine = z.object({ ...lineFields, variant_title: text, quantity: quantity.nullish() });

/** Shopify writes an object that is not there as an empty list at times. */
function nothingForEmptyList(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? null : value;
}

/** The customer inside a checkout or an order. */
export const customer = z.preprocess(
  nothingForEmptyList,
  z
    .object({
      id,
      admin_graphql_api_id: text,
      email: text,
      first_name: text,
      last_name: text,
      updated_at: text,
    })
    .nullish(),
);

const address = z.object({ country: text, country_code: text, province: text, province_code: text });

/** Where it ships to, as far as we may know. An early checkout says "no address" with an empty list. */
export const shippingAddress = z.preprocess(nothingForEmptyList, address.nullish());
