import { z } from 'zod';

import { REQUEST_SCOPES } from '#app/privacy/requests/kinds.ts';

/** The name of this shape. A change that a reader could stumble over is a new number. */
export const PACKAGE_SCHEMA = 'cart-insights/access-package/1';

const fieldSchema = z.object({
  name: z.string(),
  purposes: z.array(z.string()),
  basis: z.string().nullable(),
  sources: z.array(z.string()),
});

const rowSchema = z.record(z.string(), z.unknown());

const sectionSchema = z.object({
  name: z.string(),
  about: z.string(),
  /** How long rows of this kind are kept, in the words of the agreement. */
  kept: z.string(),
  fields: z.array(fieldSchema),
  withheld: z.array(z.object({ field: z.string(), reason: z.string() })),
  rows: z.array(rowSchema),
});

const lookSchema = z.object({
  at: z.string(),
  purpose: z.string(),
  role: z.string(),
  page: z.string(),
  fields: z.array(z.string()),
  /** A number for each member of staff, or the name where the merchant chose to give it. */
  by: z.string(),
});

export const packageSchema = z.object({
  schema: z.literal(PACKAGE_SCHEMA),
  madeAt: z.string(),
  shop: z.string(),
  scope: z.object({ kind: z.enum(REQUEST_SCOPES), since: z.string().nullable() }),
  purposes: z.array(z.object({ name: z.string(), title: z.string(), statement: z.string() })),
  sections: z.array(sectionSchema),
  looks: z.array(lookSchema),
  /** To whom else the data was given. Empty means: to nobody. */
  recipients: z.array(z.string()),
});

/** A copy of everything held about one person, before it takes the form of files. */
export type PackageDocument = z.infer<typeof packageSchema>;
export type PackageSection = z.infer<typeof sectionSchema>;
export type PackageField = z.infer<typeof fieldSchema>;
export type PackageRow = z.infer<typeof rowSchema>;
export type Look = z.infer<typeof lookSchema>;

/** How much of each kind is in it: all that is said of a copy to somebody who does not open it. */
export type PackageCounts = Readonly<Record<string, number>>;

export function countsOf(document: PackageDocument): PackageCounts {
  const sections = document.sections.map(({ name, rows }) => [name, rows.length] as const);
  return Object.fromEntries([...sections, ['looks', document.looks.length] as const]);
}
