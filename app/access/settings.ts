import type { ShopTx } from '#app/data/with-shop.ts';

/** How strict a shop is with its own staff. */
export interface Strictness {
  /** Names and e-mails come as `J•••`; each field is shown alone, for a reason. */
  readonly masksNames: boolean;
  /** ISO codes; people of these countries, and people whose country nobody knows yet, are hidden until they have ordered. */
  readonly hiddenCountries: readonly string[];
}

/** What a shop has that has set nothing. */
export const DEFAULT_STRICTNESS: Strictness = { masksNames: false, hiddenCountries: [] };

/** The shop's settings, or {@link DEFAULT_STRICTNESS}. */
export async function readStrictness(tx: ShopTx, shopId: string): Promise<Strictness> {
  const row = await tx.accessSettings.findUnique({
    where: { shopId },
    select: { masksNames: true, hiddenCountries: true },
  });
  return row ?? DEFAULT_STRICTNESS;
}

/** @param actor who changes them, as in access records. */
export async function saveStrictness(
  tx: ShopTx,
  shopId: string,
  { masksNames, hiddenCountries, actor, at }: Strictness & { readonly actor: string; readonly at: Date },
): Promise<void> {
  const values = { masksNames, hiddenCountries: [...hiddenCountries].sort(), changedAt: at, changedBy: actor };
  await tx.accessSettings.upsert({ where: { shopId }, create: { shopId, ...values }, update: values });
}

/** A list of countries as a form sends it; null when something in it is no country code. */
export function parseCountries(codes: readonly unknown[]): string[] | null {
  const found = codes.map((code) => (typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null));
  return found.every((code) => code !== null) ? [...new Set(found)] : null;
}
