import { z } from 'zod';

import { parseMinor } from '#app/carts/money.ts';

/** One line of a cart, checkout or order, as it is sealed. Amounts are minor units of the shop's currency. */
export interface Line {
  readonly variantId: string | null;
  readonly productId: string | null;
  readonly title: string;
  readonly variantTitle: string | null;
  readonly quantity: number;
  readonly unitMinor: number | null;
  readonly lineMinor: number | null;
}

const lineSchema = z.object({
  variantId: z.string().nullable(),
  productId: z.string().nullable(),
  title: z.string(),
  variantTitle: z.string().nullable(),
  quantity: z.number(),
  unitMinor: z.number().nullable(),
  lineMinor: z.number().nullable(),
});

/** What a cart holds, added up. */
export interface ContentSummary {
  readonly itemCount: number;
  readonly lineCount: number;
  readonly valueMinor: bigint | null;
  readonly currency: string | null;
}

/** Where a cart's contents are known from: a cart that never sent a cart webhook shows what its checkout or order held. */
export type ContentOrigin = 'cart' | 'checkout' | 'order';

/** What the three kinds of webhook say about a line; each leaves some of it out. */
export interface RawLine {
  readonly variant_id?: string | null | undefined;
  readonly product_id?: string | null | undefined;
  readonly title?: string | null | undefined;
  readonly variant_title?: string | null | undefined;
  readonly quantity?: number | null | undefined;
  readonly price?: string | null | undefined;
  readonly line_price?: string | null | undefined;
}

/** Reads lines as they were sealed. @throws ZodError for what we did not seal. */
export function parseLines(value: unknown): Line[] {
  return z.array(lineSchema).parse(value);
}

/** A line in our words. A line price that Shopify left out is quantity times unit price. */
export function lineOf(raw: RawLine, currency: string | null): Line {
  const quantity = Math.max(0, raw.quantity ?? 0);
  const unit = parseMinor(raw.price, currency);
  const line = parseMinor(raw.line_price, currency) ?? (unit === null ? null : unit * BigInt(quantity));
  return {
    variantId: raw.variant_id ?? null,
    productId: raw.product_id ?? null,
    title: raw.title ?? '',
    variantTitle: raw.variant_title ?? null,
    quantity,
    unitMinor: exactNumber(unit),
    lineMinor: exactNumber(line),
  };
}

/** Items and value of some lines. The value is unknown (null) when one line's price is. */
export function summarise(lines: readonly Line[], currency: string | null): ContentSummary {
  let itemCount = 0;
  let valueMinor: bigint | null = 0n;
  for (const line of lines) {
    itemCount += line.quantity;
    valueMinor = valueMinor === null || line.lineMinor === null ? null : valueMinor + BigInt(line.lineMinor);
  }
  return {
    itemCount: Math.min(itemCount, MAX_COUNT),
    lineCount: lines.length,
    valueMinor: valueMinor !== null && exactNumber(valueMinor) === null ? null : valueMinor,
    currency,
  };
}

/** What a column of the database and a page can hold; nobody buys more. */
const MAX_COUNT = 2_147_483_647;

/** The amount as a number; unknown (null) rather than rounded when it is too large to be held exactly. */
export function exactNumber(minor: bigint | null): number | null {
  return minor === null || minor > MAX_EXACT || minor < -MAX_EXACT ? null : Number(minor);
}

const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER);
