export const GUARDED = `ON CONFLICT (shop, token) DO UPDATE SET "changedAt" = excluded."changedAt", "itemCount" = excluded."itemCount",
  "lineCount" = excluded."lineCount", "valueMinor" = excluded."valueMinor", currency = excluded.currency, sealed = excluded.sealed
  WHERE "Cart"."changedAt" < excluded."changedAt"`;

/** Writes one cart unless a newer state of it is there; prepared by its name. */
export const GUARDED_UPSERT = {
  name: 'upsert',
  text: `INSERT INTO peer."Cart" VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ${GUARDED}`,
} as const;
