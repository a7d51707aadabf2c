import { z } from 'zod';

import { type Quick, quickOf, UNSURE, withQuick } from '#app/shopify/payloads/quick.ts';

/**
 * The kinds of field that Shopify's bodies have. A schema keeps what it names and drops everything else. A field that is
 * left out stays out, null stays null: the difference decides whether a stored value is kept or cleared.
 */

/** Text, null or absent. */
export const text = z.string().nullish();

/** A decimal amount; Shopify writes it as text. */
export const amount = z.union([z.string(), z.number().transform(String)]).nullish();

const digits = withQuick(
  z.union([
    z.string().regex(/^\d{1,24}$/),
    // Whole and exact: larger numbers reach us as text (json.ts).
    z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).transform(String),
  ]),
  (value) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : UNSURE),
);

/** A numeric id, as digits: some are greater than a JavaScript number can hold. */
export const requiredId = digits;
const id = digits.nullish();

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

const quickToken: Quick = (value) =>
  typeof value === 'string' && value !== '' && !value.includes(SECRET_PART) ? value : UNSURE;

/** A cart's or checkout's token: opaque, of any length and alphabet. */
export const requiredToken = withQuick(
  z
    .string()
    .transform(withoutSecretPart)
    .refine((token) => token !== ''),
  quickToken,
);
export const token = withQuick(
  z.string().transform((value) => (value === '' ? null : withoutSecretPart(value))),
  quickToken,
).nullish();

const MAX_QUANTITY = 2_000_000_000;

/** Never negative in a cart; should it be, the line counts for nothing and the cart is not lost for it. */
const quantity = withQuick(
  z
    .number()
    .int()
    .max(MAX_QUANTITY)
    .transform((value) => Math.max(0, value)),
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_QUANTITY ? value : UNSURE,
);

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

const lines = z.array(cartLine);

/** What is in a cart: null says that nothing is. Left out, the body says nothing about it. */
export const cartLines = withQuick(
  lines.nullable().transform((value) => value ?? []),
  quickOf(lines),
).optional();

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

/** Such an object. A list of any kind is left to the schema. */
function objectOrEmptyList<Schema extends z.ZodObject>(schema: Schema) {
  const nullish = schema.nullish();
  return withQuick(z.preprocess(nothingForEmptyList, nullish), quickOf(nullish));
}

/** The customer inside a checkout or an order. */
export const customer = objectOrEmptyList(
  z.object({
    id,
    admin_graphql_api_id: text,
    email: text,
    first_name: text,
    last_name: text,
    updated_at: text,
  }),
);

const address = z.object({ country: text, country_code: text, province: text, province_code: text });

/** Where it ships to, as far as we may know. An early checkout says "no address" with an empty list. */
export const shippingAddress = objectOrEmptyList(address);
